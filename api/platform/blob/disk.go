package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Disk keeps files in a folder.
type Disk struct{ root string }

// NewDisk returns a store in the folder, which is made when the first file comes.
func NewDisk(folder string) *Disk { return &Disk{root: folder} }

const unfinished = ".tmp-"

func (d *Disk) path(key string) string { return filepath.Join(d.root, filepath.FromSlash(key)) }

// Put implements Store: a temporary file beside its place, synced and renamed.
func (d *Disk) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	target := d.path(key)
	folder := filepath.Dir(target)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return full(fmt.Errorf("make the folder of a file: %w", err))
	}
	f, err := os.CreateTemp(folder, unfinished+"*")
	if err != nil {
		return full(fmt.Errorf("create a file: %w", err))
	}
	n, err := io.Copy(f, &reader{ctx, r})
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes came, not %d", n, size)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), target)
	}
	if err != nil {
		return full(errors.Join(fmt.Errorf("write a file: %w", err), os.Remove(f.Name())))
	}
	if dir, err := os.Open(folder); err == nil { //nolint:gosec // our own folder
		_ = dir.Sync() // the name survives a loss of power, where folders can be synced
		_ = dir.Close()
	}
	return nil
}

// full marks the errors of a disk that has no room left.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errors.Join(ErrFull, err)
	}
	return err
}

// reader stops when its context does.
type reader struct {
	ctx context.Context //nolint:containedctx // lives only inside Put
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

type diskFile struct {
	*os.File
	info Info
}

func (f diskFile) Info() Info { return f.info }

// Open implements Store.
func (d *Disk) Open(_ context.Context, key string) (File, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrMissing
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return diskFile{f, Info{key, info.Size(), info.ModTime()}}, nil
}

// Stat implements Store.
func (d *Disk) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	info, err := os.Stat(d.path(key))
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.Mode().IsRegular()) {
		return Info{}, ErrMissing
	}
	if err != nil {
		return Info{}, fmt.Errorf("look up a file: %w", err)
	}
	return Info{key, info.Size(), info.ModTime()}, nil
}

// Delete implements Store.
func (d *Disk) Delete(_ context.Context, keys ...string) error {
	var errs []error
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			errs = append(errs, err)
			continue
		}
		if err := os.Remove(d.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("delete a file: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Walk implements Store. It also shows what a program that was killed left
// unfinished.
func (d *Disk) Walk(ctx context.Context, prefix string, fn func(Info) error) error {
	err := filepath.WalkDir(d.root, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile, or nothing was ever kept
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(d.root, path)
		if err != nil {
			return err
		}
		key := filepath.ToSlash(rel)
		if e.IsDir() {
			if key != "." && !strings.HasPrefix(key+"/", prefix) && !strings.HasPrefix(prefix, key+"/") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasPrefix(key, prefix) {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(Info{key, info.Size(), info.ModTime()})
	})
	if err != nil {
		return fmt.Errorf("list the files: %w", err)
	}
	return nil
}
