package read

import (
	"context"
	"io"
)

// Until reads from r, and fails once the context is done.
func Until(ctx context.Context, r io.Reader) io.Reader {
	return reading(func(data []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(data)
	})
}

type reading func([]byte) (int, error)

func (r reading) Read(data []byte) (int, error) { return r(data) }

// WriteUntil writes to w, and fails once the context is done.
func WriteUntil(ctx context.Context, w io.Writer) io.Writer {
	return writing(func(data []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return w.Write(data)
	})
}

type writing func([]byte) (int, error)

func (w writing) Write(data []byte) (int, error) { return w(data) }
