package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// recorder knows what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 before the first byte
	bytes  int64
}

// record wraps w, unless a piece further out did.
func record(w http.ResponseWriter) *recorder {
	if r, ok := w.(*recorder); ok {
		return r
	}
	return &recorder{ResponseWriter: w}
}

func (r *recorder) WriteHeader(status int) {
	// Informational answers come before the real one.
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.started()
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// ReadFrom keeps the way open for sendfile.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	r.started()
	n, err := io.Copy(r.ResponseWriter, src)
	r.bytes += n
	return n, err
}

// Hijack hands the connection to a websocket.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err == nil {
		r.status = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}

// Flush sends what was written so far.
func (r *recorder) Flush() {
	r.started()
	// A writer that cannot flush sends at the end.
	_ = http.NewResponseController(r.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) started() {
	if r.status == 0 {
		r.status = http.StatusOK
	}
}
