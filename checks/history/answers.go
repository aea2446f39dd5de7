package history

import (
	"context"
	"database/sql"

	"lifeboat/checks"
)

const (
	maxAnswers = 200  // of one phone
	maxAnswer  = 4096 // characters of a typed text
)

// SaveAnswer keeps the last answer to a question. One without choice and text
// takes the answer back.
func (s *Store) SaveAnswer(ctx context.Context, udid string, id checks.QuestionID, a checks.Answer) error {
	phone, question := s.phone(udid), bounded(string(id), maxID)
	return s.write(ctx, func(tx *sql.Tx) error {
		if a.Choice == "" && a.Text == "" {
			_, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE phone = ? AND question = ?", phone, question)
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO answers (phone, question, choice, text, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET choice = excluded.choice, text = excluded.text, at = excluded.at`,
			phone, question, bounded(a.Choice, maxID), bounded(a.Text, maxAnswer), millis(a.At)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			DELETE FROM answers WHERE phone = ?1 AND question NOT IN
			(SELECT question FROM answers WHERE phone = ?1 ORDER BY at DESC LIMIT ?2)`, phone, maxAnswers)
		return err
	})
}

// Answers are all that the user said of a phone.
func (s *Store) Answers(ctx context.Context, udid string) (checks.Answers, error) {
	answers := checks.Answers{}
	err := each(ctx, s.db, func(row scanner) error {
		var question string
		var a checks.Answer
		var at int64
		err := row.Scan(&question, &a.Choice, &a.Text, &at)
		a.At = moment(at)
		answers[checks.QuestionID(question)] = a
		return err
	}, `
		SELECT substr(question, 1, ?1), substr(choice, 1, ?1), substr(text, 1, ?2), at
		FROM answers WHERE phone = ?3 ORDER BY question LIMIT ?4`, maxID, maxAnswer, s.phone(udid), maxAnswers)
	return answers, wrapped(err)
}
