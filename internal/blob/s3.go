package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a Store in a bucket of anything that speaks S3. It reaches out only when it is asked to: nothing is held while idle.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
}

// NewS3 returns a store at s3://KEY:SECRET@host[:port]/bucket[/folder]. Parameters: region (us-east-1), tls (true), style: "host" puts the
// bucket before the host name, "path" behind it; without one the client knows by the host. It does not connect; Check does.
func NewS3(address string) (*S3, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("blob: not an address like s3://KEY:SECRET@host/bucket") // the parser's own words hold the secret
	}
	secret, _ := u.User.Password()
	bucket, folder, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if u.Scheme != "s3" || u.Host == "" || u.User.Username() == "" || secret == "" || bucket == "" {
		return nil, errors.New("blob: want s3://KEY:SECRET@host/bucket")
	}
	q := u.Query()
	lookup, ok := map[string]minio.BucketLookupType{"": minio.BucketLookupAuto, "host": minio.BucketLookupDNS, "path": minio.BucketLookupPath}[q.Get("style")]
	if !ok {
		return nil, fmt.Errorf("blob: style is host or path, not %q", q.Get("style"))
	}
	region := q.Get("region")
	if region == "" {
		region = "us-east-1"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one, says its documentation
	transport.ResponseHeaderTimeout = 20 * time.Second
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Secure: q.Get("tls") != "false", Region: region,
		BucketLookup: lookup, MaxRetries: 3, Transport: transport,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	s := &S3{client: client, bucket: bucket}
	if folder != "" {
		s.prefix = folder + "/"
	}
	return s, nil
}

// Check says whether the bucket is there and lets us in.
func (s *S3) Check(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !there {
		err = errors.New("no such bucket")
	}
	if err != nil {
		return fmt.Errorf("blob: bucket %s: %w", s.bucket, err)
	}
	return nil
}

// Put sends the bytes in one request, which S3 keeps whole or not at all.
func (s *S3) Put(ctx context.Context, key string, r io.Reader) (int64, string, error) {
	if !validKey(key) {
		return 0, "", ErrKey
	}
	if err := ctx.Err(); err != nil {
		return 0, "", err
	}
	body, size, sum, err := measured(r)
	if err != nil {
		return 0, "", fmt.Errorf("blob: %w", err)
	}
	defer func() { _ = body.Close() }()
	if _, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, body, size, minio.PutObjectOptions{DisableMultipart: true}); err != nil {
		return 0, "", fmt.Errorf("blob: %w", err)
	}
	return size, sum, nil
}

// Open returns the object; parts of it are fetched as they are read.
func (s *S3) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	if !validKey(key) {
		return nil, ErrKey
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err == nil {
		if _, err = object.Stat(); err != nil {
			_ = object.Close()
		}
	}
	switch {
	case err == nil:
		return object, nil
	case minio.ToErrorResponse(err).Code == minio.NoSuchKey:
		return nil, ErrNotFound
	}
	return nil, fmt.Errorf("blob: %w", err)
}

// Delete removes the object.
func (s *S3) Delete(ctx context.Context, key string) error {
	if !validKey(key) {
		return ErrKey
	}
	if err := s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

// spool is a file that is gone once it is closed.
type spool struct{ *os.File }

func (s spool) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

// measured puts r into a file, so that a request that failed can be sent again, and says its size and sum.
func measured(r io.Reader) (body spool, size int64, sum string, err error) {
	f, err := os.CreateTemp("", "huiyin-blob-*")
	if err != nil {
		return spool{}, 0, "", err
	}
	body = spool{f}
	hash := sha256.New()
	if size, err = io.Copy(io.MultiWriter(f, hash), r); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = body.Close()
		return spool{}, 0, "", err
	}
	return body, size, hex.EncodeToString(hash.Sum(nil)), nil
}
