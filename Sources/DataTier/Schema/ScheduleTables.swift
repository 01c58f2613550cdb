// Exports that come by themselves: the schedule of a customer, the key its server knows, and how sending fares.

enum ScheduleTables {
    static let ofCustomer: StaticString = """
        CREATE TABLE export_schedule (
            row INTEGER PRIMARY KEY CHECK (row = 1),
            every TEXT NOT NULL CHECK (every IN ('day', 'week', 'month')),
            weekday INTEGER NOT NULL,         -- 0 is Monday
            day INTEGER NOT NULL,
            minute INTEGER NOT NULL,          -- of the day
            zone TEXT NOT NULL,
            fresh INTEGER NOT NULL,
            next INTEGER NOT NULL,
            last INTEGER,
            by_name TEXT NOT NULL,
            origin TEXT NOT NULL,             -- what mailed links begin with
            address TEXT,                     -- NULL: a mail is all
            host_key TEXT
        );
        -- Kept when the schedule changes or ends: the server knows it.
        CREATE TABLE export_key (
            row INTEGER PRIMARY KEY CHECK (row = 1),
            secret_key TEXT NOT NULL,
            public_key TEXT NOT NULL
        );
        ALTER TABLE export ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE export ADD COLUMN upload TEXT CHECK (upload IN ('waiting', 'arrived', 'failed')); -- NULL: it is not sent
        ALTER TABLE export ADD COLUMN upload_tries INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE export ADD COLUMN upload_due INTEGER;
        ALTER TABLE export ADD COLUMN upload_at INTEGER;
        ALTER TABLE export ADD COLUMN upload_reason TEXT NOT NULL DEFAULT '';
        CREATE INDEX export_upload ON export (upload_due) WHERE upload = 'waiting';
        """

    /// When each customer's next one is due, so that nobody has to open every database.
    static let ofDirectory: StaticString = """
        CREATE TABLE export_due (
            customer TEXT PRIMARY KEY REFERENCES customer (name),
            next INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX export_due_next ON export_due (next);
        """
}
