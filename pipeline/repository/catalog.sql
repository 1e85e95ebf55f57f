-- The catalogue: all of it can be rebuilt from records/ at any time.
-- й stays й (no diacritics are removed); ё matches е and е matches ё (see page_text).
CREATE TABLE record (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,      -- the newest
    folder TEXT NOT NULL,          -- of the record, relative to records/
    title TEXT NOT NULL,
    date TEXT,                     -- EDTF
    date_words TEXT NOT NULL,      -- in English; empty if there is none
    first_day TEXT,                -- the first that it may be, YYYY-MM-DD; NULL if open or unknown
    last_day TEXT,
    year INTEGER,                  -- the first that it names
    creators TEXT NOT NULL,        -- all, parted by semicolons, the family name first where known
    recipients TEXT NOT NULL,
    language TEXT,
    archive TEXT,
    fond TEXT,
    reference TEXT,                -- the first, in its normal form or as cited
    pages INTEGER NOT NULL,
    words INTEGER NOT NULL,
    confidence REAL,               -- mean, 0..1
    needs_review INTEGER NOT NULL,
    summary TEXT,
    status TEXT NOT NULL           -- machine, sampled, in-part, reviewed, checked, withdrawn
);
CREATE INDEX record_place ON record (folder, id);
CREATE INDEX record_reference ON record (reference);
CREATE INDEX record_fond ON record (archive, fond);
CREATE INDEX record_year ON record (year);
CREATE TABLE version (
    record TEXT NOT NULL REFERENCES record (id),
    version INTEGER NOT NULL,
    source_sha256 TEXT NOT NULL,
    source_name TEXT NOT NULL,
    sidecar_sha256 TEXT,
    manifest_sha256 TEXT NOT NULL, -- of the version's tagmanifest: closes over all of it
    PRIMARY KEY (record, version)
);
CREATE INDEX version_source ON version (source_sha256);
CREATE TABLE issue (
    record TEXT NOT NULL REFERENCES record (id),
    page INTEGER,
    concern TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX issue_record ON issue (record);
-- Where a document is kept; number 1 is the place where it was scanned.
CREATE TABLE holding (
    record TEXT NOT NULL REFERENCES record (id),
    number INTEGER NOT NULL,       -- from 1
    reference TEXT NOT NULL,       -- in its normal form or as cited
    file TEXT,                     -- the archival file, the same for all spellings; or unread
    leaves TEXT NOT NULL,          -- without zeros in front
    PRIMARY KEY (record, number)
);
CREATE INDEX holding_place ON holding (file, leaves);
-- Relations as the descriptions state them, one row for each way in which the other side is named.
CREATE TABLE relation (
    record TEXT NOT NULL REFERENCES record (id),
    number INTEGER NOT NULL,       -- from 1; the rows of a relation to two holdings share it
    kind TEXT NOT NULL,            -- reply-to, enclosure-of, translation-of, copy-of …
    as_given TEXT NOT NULL,
    other TEXT,                    -- id of a record, which may not be published yet
    reference TEXT,                -- in its normal form
    file TEXT,                     -- as in holding
    leaves TEXT NOT NULL,          -- as in holding
    url TEXT
);
CREATE INDEX relation_record ON relation (record);
CREATE INDEX relation_other ON relation (other);
CREATE INDEX relation_file ON relation (file);
CREATE TABLE page (
    id INTEGER PRIMARY KEY,
    record TEXT NOT NULL REFERENCES record (id),
    number INTEGER NOT NULL,
    leaf TEXT,
    state TEXT NOT NULL,
    confidence REAL,
    text TEXT NOT NULL,
    suggested TEXT NOT NULL        -- text with suggested words in place; empty if there are none
);
CREATE UNIQUE INDEX page_place ON page (record, number);
-- The archive and the levels of each parsed holding.
CREATE TABLE holding_level (
    record TEXT NOT NULL,
    number INTEGER NOT NULL,       -- of the holding
    level TEXT NOT NULL,           -- archive, fond, opis …
    value TEXT NOT NULL,           -- as searches compare it: r5446; of an archive its code
    PRIMARY KEY (record, number, level)
);
CREATE INDEX holding_value ON holding_level (level, value);
-- Words of all pages by their stems; those of deleted pages stay, and find nothing.
CREATE TABLE word_form (
    stem TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (stem, word)
) WITHOUT ROWID;
CREATE VIEW page_text AS
    SELECT
        id,
        replace(replace(text, 'ё', 'е'), 'Ё', 'Е') AS text,
        replace(replace(suggested, 'ё', 'е'), 'Ё', 'Е') AS suggested
    FROM page;
CREATE VIRTUAL TABLE page_search USING fts5 (
    text, suggested, content = 'page_text', content_rowid = 'id', prefix = '3 4',
    tokenize = 'unicode61 remove_diacritics 0'
);
-- Versions that are being renamed into place: after a crash, the folders to check.
CREATE TABLE pending (folder TEXT PRIMARY KEY);
PRAGMA user_version = 6;
