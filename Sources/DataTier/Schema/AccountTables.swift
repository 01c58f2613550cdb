// How people get in and are kept out: suspended people, sessions they can tell apart, tokens with areas, two-step sign-in.

/// A step of both schemas.
enum AccountTables {
    static let step: StaticString = """
        ALTER TABLE person ADD COLUMN suspended INTEGER;                -- since when; NULL for who may sign in

        ALTER TABLE session ADD COLUMN id TEXT;                         -- names it to its person, opens nothing
        ALTER TABLE session ADD COLUMN name TEXT NOT NULL DEFAULT '';   -- of a token: what it is for
        ALTER TABLE session ADD COLUMN areas TEXT;                      -- of a token: 'tickets:write subjects:read'; NULL for all areas
        ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
        ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
        ALTER TABLE session ADD COLUMN proved INTEGER;                  -- when the person last proved who they are
        ALTER TABLE session ADD COLUMN step TEXT CHECK (step IN ('code', 'enrolment'));   -- still to be done
        UPDATE session SET id = lower(hex(randomblob(8)));
        CREATE UNIQUE INDEX session_id ON session (id);

        -- The secret an authenticator app shares with us: it must be readable, so it is not a hash.
        CREATE TABLE two_step (
            person TEXT PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
            secret BLOB NOT NULL,
            begun INTEGER NOT NULL,
            confirmed INTEGER,                -- NULL until a first code was given
            last INTEGER NOT NULL DEFAULT 0   -- the newest half minute whose code was taken
        ) WITHOUT ROWID;

        CREATE TABLE recovery_code (
            hash BLOB PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE INDEX recovery_code_person ON recovery_code (person);
        """
}
