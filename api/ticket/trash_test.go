package ticket

import (
	"reflect"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/user"
)

func TestRestoreBringsEverythingBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, ada := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)
		f := d.open(emma, "Printer")
		for _, by := range []authz.Actor{emma, ada} {
			if _, err := d.Comment(ctx, by, f.ID, "It burns, says "+by.ActorName()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Assign(ctx, ada, f.ID, anyVersion, &sam.ID); err != nil {
			t.Fatal(err)
		}
		before, err := d.Get(ctx, ada, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Delete(ctx, ada, f.ID, anyVersion); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(KeepDeleted - time.Minute)
		for _, by := range []authz.Actor{emma, sam} {
			if _, err := d.Restore(ctx, by, f.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s restores: %v", by.Role, err)
			}
		}
		after, err := d.Restore(ctx, ada, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		before.Version++
		if !reflect.DeepEqual(after, before) {
			t.Errorf("restored as %+v, was %+v", after, before)
		}
		if again, err := d.Restore(ctx, ada, f.ID); err != nil || again.Version != after.Version {
			t.Errorf("restored again: %+v %v", again, err)
		}
		for _, by := range []authz.Actor{emma, sam} {
			if _, err := d.Restore(ctx, by, f.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s restores what is there: %v", by.Role, err)
			}
		}
		rows, err := d.List(ctx, sam, Filter{Sort: ByNewest, Search: "printer"}, firstPage)
		if err != nil || rows.Count != 1 || len(rows.Rows) != 1 {
			t.Errorf("search after restoring: %+v %v", rows, err)
		}
	})
}

func TestRestoreFreesTicketsOfWhoLeft(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		sam, ada := d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)
		f := d.open(ada, "Printer")
		if _, err := d.Assign(ctx, ada, f.ID, anyVersion, &sam.ID); err != nil {
			t.Fatal(err)
		}
		if err := d.Delete(ctx, ada, f.ID, anyVersion); err != nil {
			t.Fatal(err)
		}
		if err := d.DB.Writer(ctx).Model(&user.User{}).Where("id = ?", sam.ID).Update("is_active", false).Error; err != nil {
			t.Fatal(err)
		}
		after, err := d.Restore(ctx, ada, f.ID)
		if err != nil || after.AssignedToID != nil {
			t.Errorf("restored: %+v %v", after, err)
		}
	})
}

func TestPurgeIsForGood(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		ada := d.person("ada", authz.Admin)
		var gone []int64
		w.Bus.InTx(Purged, func(_ *event.Tx, e event.Event) error {
			gone = append(gone, e.SubjectID)
			return nil
		})
		old, young := d.open(ada, "Old"), d.open(ada, "Young")
		if err := d.Delete(ctx, ada, old.ID, anyVersion); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Hour)
		if err := d.Delete(ctx, ada, young.ID, anyVersion); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(KeepDeleted - time.Hour)
		if _, err := d.Restore(ctx, ada, old.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("restored too late: %v", err)
		}
		if err := d.RunPurge(ctx, job.Job{}); err != nil {
			t.Fatal(err)
		}
		equal(t, "purged", gone, []int64{old.ID})
		if _, err := d.Restore(ctx, ada, young.ID); err != nil {
			t.Errorf("restored in time: %v", err)
		}
	})
}
