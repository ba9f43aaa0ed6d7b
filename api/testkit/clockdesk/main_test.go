package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestTheClockGoesForwardOnly(t *testing.T) {
	m, woken := &moved{}, 0
	door := m.door(func() { woken++ })
	ask := func(method, target string) (int, time.Time) {
		w := httptest.NewRecorder()
		door.ServeHTTP(w, httptest.NewRequest(method, target, nil))
		var body struct{ Now time.Time }
		if w.Code == http.StatusOK {
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
		}
		return w.Code, body.Now
	}
	_, before := ask(http.MethodGet, "/")
	status, after := ask(http.MethodPost, "/?by=90m")
	if moved := after.Sub(before); status != http.StatusOK || moved < 90*time.Minute || moved > 91*time.Minute {
		t.Errorf("%d, moved by %s", status, moved)
	}
	for _, wrong := range []string{"/", "/?by=-1h", "/?by=soon"} {
		if status, _ := ask(http.MethodPost, wrong); status != http.StatusBadRequest {
			t.Errorf("POST %s: %d", wrong, status)
		}
	}
	if woken != 1 {
		t.Errorf("the worker was woken %d times", woken)
	}
}
