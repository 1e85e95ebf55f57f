-- The catalogue: all of it can be rebuilt from records/ at any time.
-- й stays й (no diacritics are removed); ё matches е and е matches ё (see page_text).
CREATE TABLE record (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,      -- the newest
    folder TEXT NOT NULL,          -- of the record, relative to records/
    title TEXT NOT NULL,
    date TEXT,                     -- EDTF
    year INTEGER,                  -- the first that it names
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
PRAGMA user_version = 4;
