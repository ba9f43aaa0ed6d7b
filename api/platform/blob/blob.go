// Package blob keeps files by their keys: in a folder, or in a bucket of a
// service that speaks the S3 protocol. It knows nothing of what they are.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// ErrMissing says that there is no file with the key.
var ErrMissing = errors.New("there is no such file in the store")

// ErrFull says that the store has no room left.
var ErrFull = errors.New("the store is full")

// ErrAway says that the store does not answer now.
var ErrAway = errors.New("the store does not answer")

// Info is what a store knows of a file.
type Info struct {
	Key      string
	Size     int64
	Modified time.Time
}

// File is an open file. Reading from anywhere in it costs no more than from the
// beginning.
type File interface {
	io.ReadSeekCloser
	Info() Info
}

// Store keeps files. Keys are made by the program: segments of letters, digits,
// dots and dashes, with slashes between them.
type Store interface {
	// Put keeps size bytes under the key, in the place of what is there. Either
	// all of it is there afterwards, and survives a loss of power, or nothing.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Open opens a file, or returns ErrMissing.
	Open(ctx context.Context, key string) (File, error)
	// Stat looks a file up, or returns ErrMissing.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete takes files away. Those that are missing are no error.
	Delete(ctx context.Context, keys ...string) error
	// Walk calls fn with every file whose key begins with the prefix.
	Walk(ctx context.Context, prefix string, fn func(Info) error) error
}

// Open returns the store that an address names: "" for the folder, or
// s3://key:secret@host:port/bucket/prefix?region=…&tls=off.
func Open(address, folder string) (Store, error) {
	if address == "" {
		return NewDisk(folder), nil
	}
	return openS3(address)
}

// Check reports whether an address names a store.
func Check(address string) error {
	if address == "" {
		return nil
	}
	_, err := openS3(address)
	return err
}

// checkKey refuses keys that could lead out of a store. Keys come from the
// program; this is the second lock on the door.
func checkKey(key string) error {
	if key == "" || strings.HasPrefix(key, "/") || strings.Contains(key, "\\") || filepath.ToSlash(filepath.Clean(key)) != key ||
		key == ".." || strings.HasPrefix(key, "../") || strings.ContainsRune(key, 0) {
		return fmt.Errorf("%q is no key of a file", key)
	}
	return nil
}
