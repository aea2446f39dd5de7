-- A history of version 1 with one of everything, as a program of that version left it.
CREATE TABLE meta (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	salt BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT;
INSERT INTO meta VALUES (1, x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');

CREATE TABLE runs (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	phone      BLOB NOT NULL,
	began      INTEGER NOT NULL,
	ended      INTEGER NOT NULL,
	version    TEXT NOT NULL,
	blocker    TEXT NOT NULL,
	last_cloud INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_of_phone ON runs (phone, id);
CREATE TABLE results (
	run      INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	id       TEXT NOT NULL,
	place    INTEGER NOT NULL,
	status   TEXT NOT NULL,
	answered INTEGER NOT NULL,
	PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
	phone    BLOB NOT NULL,
	question TEXT NOT NULL,
	choice   TEXT NOT NULL,
	text     TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (phone, question)
) STRICT, WITHOUT ROWID;

CREATE TABLE tried (
	phone  BLOB NOT NULL,
	fix    TEXT NOT NULL,
	at     INTEGER NOT NULL,
	worked INTEGER,
	PRIMARY KEY (phone, fix, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	phone   BLOB NOT NULL,
	began   INTEGER NOT NULL,
	ended   INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	cause   TEXT NOT NULL,
	proven  INTEGER NOT NULL,
	UNIQUE (phone, began, ended)
) STRICT;
CREATE TABLE attempt_codes (
	attempt INTEGER NOT NULL REFERENCES attempts ON DELETE CASCADE,
	place   INTEGER NOT NULL,
	domain  TEXT NOT NULL,
	number  INTEGER NOT NULL,
	PRIMARY KEY (attempt, place)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;

INSERT INTO runs VALUES (7, x'b7d0ec0e8bf9299f018fa4b66fe3d27b400f8f8a3a86e07fb9ad5756e73e34dd', 1795424400000, 1795426200000, '27.0.1', 'wifi', 1793437200000);
INSERT INTO results VALUES (7, 'wifi', 1, 'fail', 1), (7, 'phone-ready', 0, 'pass', 0);
INSERT INTO answers VALUES (x'b7d0ec0e8bf9299f018fa4b66fe3d27b400f8f8a3a86e07fb9ad5756e73e34dd', 'error-text', '', 'Backup failed.', 1795424400000);
INSERT INTO tried VALUES (x'b7d0ec0e8bf9299f018fa4b66fe3d27b400f8f8a3a86e07fb9ad5756e73e34dd', 'wifi/router', 1795424400000, 1);
INSERT INTO attempts VALUES (3, x'b7d0ec0e8bf9299f018fa4b66fe3d27b400f8f8a3a86e07fb9ad5756e73e34dd', 1795424400000, 1795428000000, 'failed', 'wifi', 0);
INSERT INTO attempt_codes VALUES (3, 0, 'MBErrorDomain', 308), (3, 1, 'CKErrorDomain', 4);
