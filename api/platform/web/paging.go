package web

import (
	"fmt"

	"gorm.io/gorm"
)

// ByID is the sort of lists that go by id, newest first.
const ByID = "-id"

// ByOldestID is the sort of lists that go by id, oldest first.
const ByOldestID = "id"

// NewestFirst reads a page of the rows that a query selects, by descending id.
// The query holds conditions only. It is meant for tables in which reading as
// many rows as a page number skips is cheap.
func NewestFirst[T any](query *gorm.DB, p Page, idOf func(T) int64) (Rows[T], error) {
	return byID(query, p, ByID, idOf)
}

// OldestFirst is NewestFirst the other way round.
func OldestFirst[T any](query *gorm.DB, p Page, idOf func(T) int64) (Rows[T], error) {
	return byID(query, p, ByOldestID, idOf)
}

func byID[T any](query *gorm.DB, p Page, sort string, idOf func(T) int64) (Rows[T], error) {
	rows := Rows[T]{CursorOf: func(t T) Cursor { return Cursor{Sort: sort, ID: idOf(t)} }}
	query = query.Session(&gorm.Session{})
	limited := query.Model(new(T)).Select("id").Limit(MaxCount + 1)
	err := query.Session(&gorm.Session{NewDB: true}).Table("(?) AS l", limited).Count(&rows.Count).Error
	if err != nil {
		return rows, fmt.Errorf("count a list: %w", err)
	}
	skip, err := p.Skip(rows.Count)
	if err != nil {
		return rows, err
	}
	back := p.Cursor != nil && p.Cursor.Back
	direction, beyond := "id DESC", "id < ?"
	if back == (sort == ByID) {
		direction, beyond = "id", "id > ?"
	}
	if p.Cursor != nil {
		query = query.Where(beyond, p.Cursor.ID)
	}
	var found []T
	if err := query.Order(direction).Offset(skip).Limit(p.Size + 1).Find(&found).Error; err != nil {
		return rows, fmt.Errorf("read a list: %w", err)
	}
	rows.Rows = Cut(&rows, found, p)
	return rows, nil
}

// Skip returns how many rows lie before the page, or the fault that a list of
// count rows has no such page or that it lies too deep.
func (p Page) Skip(count int64) (int, error) {
	if p.Cursor != nil || p.Number <= 1 {
		return 0, nil
	}
	if p.Number > MaxCount { // before multiplying
		if count > MaxCount {
			return 0, PageTooDeep()
		}
		return 0, PageMissing()
	}
	skip := (p.Number - 1) * p.Size
	switch {
	case int64(skip) >= count:
		return 0, PageMissing()
	case skip+p.Size > MaxCount:
		return 0, PageTooDeep()
	}
	return skip, nil
}
