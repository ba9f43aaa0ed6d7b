package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 keeps files in a bucket.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
}

const (
	tries      = 3
	answerTime = 15 * time.Second
)

var errAddress = errors.New("write s3://key:secret@host:port/bucket?region=…&tls=on|off")

// openS3 reads an address. It does not connect.
func openS3(address string) (*S3, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User == nil || u.Fragment != "" {
		return nil, errAddress // which does not repeat the secret
	}
	secret, has := u.User.Password()
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if !has || u.User.Username() == "" || bucket == "" {
		return nil, errAddress
	}
	o := minio.Options{Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Secure: true, BucketLookup: minio.BucketLookupAuto}
	for name, values := range u.Query() {
		switch value := values[len(values)-1]; name {
		case "region":
			o.Region = value
		case "tls":
			if value != "on" && value != "off" {
				return nil, errAddress
			}
			o.Secure = value == "on"
		case "path_style":
			if value == "on" {
				o.BucketLookup = minio.BucketLookupPath
			}
		default:
			return nil, fmt.Errorf("%w (unknown parameter %s)", errAddress, name)
		}
	}
	// By itself the client tries ten times and waits a minute for each answer: longer than anybody who
	// asked for a file does.
	transport, err := minio.DefaultTransport(o.Secure)
	if err != nil {
		return nil, fmt.Errorf("make a client for the bucket: %w", err)
	}
	transport.ResponseHeaderTimeout = answerTime
	o.Transport, o.MaxRetries = transport, tries
	client, err := minio.New(u.Host, &o)
	if err != nil {
		return nil, errAddress
	}
	if prefix != "" {
		prefix += "/"
	}
	return &S3{client: client, bucket: bucket, prefix: prefix}, nil
}

// Put implements Store.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, r, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: 16 << 20,
	})
	if err != nil {
		if status := minio.ToErrorResponse(err).StatusCode; status == http.StatusInsufficientStorage {
			return errors.Join(ErrFull, err)
		}
		return fmt.Errorf("put a file into the bucket: %w", away(err))
	}
	return nil
}

type s3File struct {
	*minio.Object
	info Info
}

func (f s3File) Info() Info { return f.info }

// Open implements Store.
func (s *S3) Open(ctx context.Context, key string) (File, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, missing(err)
	}
	info, err := o.Stat()
	if err != nil {
		return nil, errors.Join(missing(err), o.Close())
	}
	return s3File{o, Info{key, info.Size, info.LastModified}}, nil
}

// Stat implements Store.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	info, err := s.client.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, missing(err)
	}
	return Info{key, info.Size, info.LastModified}, nil
}

func missing(err error) error {
	if r := minio.ToErrorResponse(err); r.Code == minio.NoSuchKey || (r.StatusCode == http.StatusNotFound && r.Code != minio.NoSuchBucket) {
		return ErrMissing
	}
	return fmt.Errorf("read from the bucket: %w", away(err))
}

// away adds ErrAway to an error that is no answer, or says that the service cannot give one. Whoever
// asked and went away is no fault of the store.
func away(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if status := minio.ToErrorResponse(err).StatusCode; status == 0 || status >= http.StatusInternalServerError {
		return errors.Join(ErrAway, err)
	}
	return err
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, keys ...string) error {
	var errs []error
	for _, key := range keys {
		err := checkKey(key)
		if err == nil {
			err = s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
		}
		if err != nil && !errors.Is(missing(err), ErrMissing) {
			errs = append(errs, fmt.Errorf("delete from the bucket: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Walk implements Store.
func (s *S3) Walk(ctx context.Context, prefix string, fn func(Info) error) error {
	ctx, stop := context.WithCancel(ctx) // ends the listing when fn does
	defer stop()
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list the bucket: %w", o.Err)
		}
		if err := fn(Info{strings.TrimPrefix(o.Key, s.prefix), o.Size, o.LastModified}); err != nil {
			return err
		}
	}
	return nil
}

// Ready reports whether the bucket answers.
func (s *S3) Ready(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	ok, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("ask for the bucket: %w", err)
	}
	if !ok {
		return errors.New("there is no such bucket")
	}
	return nil
}
