package bulk_test

import "testing"

// TestMergeManyAndBack merges several tickets into one in a run, then the other way
// round, which has nothing left to merge, and takes it back.
func TestMergeManyAndBack(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(4)
		into := ids[3]
		for i, id := range ids {
			s.ada.Post(at("/api/tickets/%d/add_comment", id), obj{"content": at("Said %d", i)}).Want(201)
		}
		merge := s.start(t, s.ada, obj{"type": "merge", "ticket_id": into}, ids[:3])
		s.ada.Get(at("/api/bulk/%d", merge)).Want(200).Is("state", "done")
		for _, id := range ids[:3] {
			s.ada.Get(at("/api/tickets/%d", id)).Want(200).Is("merged_into", into).Is("status", "closed").Is("comment_count", 0)
		}
		// What was said, and the descriptions of the three.
		s.ada.Get(at("/api/tickets/%d", into)).Want(200).Is("merged_into", nil).Is("comment_count", 7)

		// Crossing: the one that is left goes into none of those that are gone.
		s.ada.Post("/api/bulk", obj{"action": obj{"type": "merge", "ticket_id": ids[0]}, "ids": []int64{into}})
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", into)).Want(200).Is("merged_into", nil).Is("comment_count", 7)

		s.ada.Post(at("/api/bulk/%d/undo", merge), nil).Want(202)
		s.Drain(t)
		for _, id := range ids {
			s.ada.Get(at("/api/tickets/%d", id)).Want(200).Is("merged_into", nil).Is("status", "open").Is("comment_count", 1)
		}
	})
}
