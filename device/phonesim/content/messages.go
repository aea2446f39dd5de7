package content

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the database driver "sqlite"
)

// messagesSchema is the part of the Messages database that readers of backups
// use.
const messagesSchema = `
PRAGMA page_size=4096;
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL, uncanonicalized_id TEXT, UNIQUE (id, service));
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, state INTEGER, chat_identifier TEXT, service_name TEXT, display_name TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0, service TEXT, date INTEGER, date_read INTEGER, is_from_me INTEGER DEFAULT 0, is_read INTEGER DEFAULT 0, cache_has_attachments INTEGER DEFAULT 0);
CREATE TABLE chat_handle_join (chat_id INTEGER REFERENCES chat (ROWID), handle_id INTEGER REFERENCES handle (ROWID), UNIQUE (chat_id, handle_id));
CREATE TABLE chat_message_join (chat_id INTEGER REFERENCES chat (ROWID), message_id INTEGER REFERENCES message (ROWID), message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id));
CREATE INDEX message_idx_date ON message(date);
CREATE INDEX message_idx_handle ON message(handle_id, date);
`

// messagesPeople are who writes; the numbers are of the range kept for fiction.
var messagesPeople = []string{"+15555550100", "+15555550123", "ada@example.com", "+442079460000", "жанна@example.org"}

// messagesLines are what they write.
var messagesLines = []string{
	"Are you on the 8:14?",
	"Yes, second carriage 🚆",
	"Kannst du Milch mitbringen? Danke schön",
	"写真を送ります",
	"The boat leaves at six. Bring a jacket.",
	"Ça marche, à tout à l'heure",
	"👍",
}

// buildMessages makes a Messages database with this many messages.
func buildMessages(seed int64, count int) ([]byte, error) {
	dir, err := os.MkdirTemp("", "phonesim-messages-")
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "sms.db")
	if err := writeMessages(name, seed, count); err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return os.ReadFile(name)
}

func writeMessages(name string, seed int64, count int) (err error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := db.Close(); err == nil {
			err = cerr
		}
	}()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(messagesSchema); err != nil {
		return err
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	for i, person := range messagesPeople {
		if _, err := tx.Exec(`INSERT INTO handle(id, country, service) VALUES (?, 'us', 'iMessage')`, person); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO chat(guid, style, state, chat_identifier, service_name, display_name) VALUES (?, 45, 3, ?, 'iMessage', '')`, "iMessage;-;"+person, person); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO chat_handle_join VALUES (?, ?)`, i+1, i+1); err != nil {
			return err
		}
	}
	insert, err := tx.Prepare(`INSERT INTO message(guid, text, handle_id, service, date, date_read, is_from_me, is_read) VALUES (?, ?, ?, 'iMessage', ?, ?, ?, 1)`)
	if err != nil {
		return err
	}
	join, err := tx.Prepare(`INSERT INTO chat_message_join VALUES (?, ?, ?)`)
	if err != nil {
		return err
	}
	date := int64(700_000_000) * 1_000_000_000 // nanoseconds since 2001
	for i := range count {
		r := mix(uint64(seed) + uint64(i)*golden)
		date += int64(r%7200) * 1_000_000_000
		who := 1 + r>>16%uint64(len(messagesPeople))
		text := messagesLines[r>>24%uint64(len(messagesLines))]
		guid := fmt.Sprintf("%08X-0000-4000-8000-%012X", uint32(r>>32), i)
		if _, err := insert.Exec(guid, text, who, date, date, r>>8&1); err != nil {
			return err
		}
		if _, err := join.Exec(who, i+1, date); err != nil {
			return err
		}
	}
	return tx.Commit()
}
