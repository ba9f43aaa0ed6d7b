package deadletter

import (
	"time"

	"github.com/fixdesk/fixdesk/api/platform/job"
)

// View is a job without its payload, which may hold addresses.
type View struct {
	ID          int64      `json:"id" example:"12"`
	Kind        string     `json:"kind" example:"mail.verify_email"`
	State       string     `json:"state" enums:"ready,running,done,dead" example:"dead"`
	Attempt     int        `json:"attempt" example:"12"`
	MaxAttempts int        `json:"max_attempts" example:"12"`
	RunAt       time.Time  `json:"run_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	LastError   string     `json:"last_error" example:"send mail: dial tcp 192.0.2.1:587: connection refused"`
	CreatedAt   time.Time  `json:"created_at" format:"date-time" example:"2026-03-01T09:00:00Z"`
	FinishedAt  *time.Time `json:"finished_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T09:00:00Z"`
} //@name Job

func viewFor(j job.Job) View {
	v := View{
		ID: j.ID, Kind: j.Kind, State: string(j.State), Attempt: j.Attempt, MaxAttempts: j.MaxAttempts,
		RunAt: j.RunAt.UTC(), LastError: j.LastError, CreatedAt: j.CreatedAt.UTC(),
	}
	if j.FinishedAt != nil {
		at := j.FinishedAt.UTC()
		v.FinishedAt = &at
	}
	return v
}
