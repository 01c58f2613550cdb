// Passkeys: their public keys with their person, and in the directory whose database one is in.

enum PasskeyTables {
    /// A step of both schemas.
    static let step: StaticString = """
        CREATE TABLE passkey (
            id TEXT PRIMARY KEY,              -- names it to its person, opens nothing
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            credential BLOB NOT NULL UNIQUE,  -- the device's name for it
            site TEXT NOT NULL,               -- the host name it is bound to
            algorithm INTEGER NOT NULL,       -- COSE: -7, -8 or -257
            public_key BLOB NOT NULL,
            counter INTEGER NOT NULL,         -- of the last answer; 0 of devices that do not count
            name TEXT NOT NULL,
            created INTEGER NOT NULL,
            used INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX passkey_person ON passkey (person, created);

        -- Questions that were answered, until they would be refused for their age.
        CREATE TABLE passkey_answer (
            hash BLOB PRIMARY KEY,            -- SHA-256 of the question
            expires INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX passkey_answer_expires ON passkey_answer (expires);
        """

    /// Who signs in by a passkey gives no name: this says whose database it is in, and no more.
    static let places: StaticString = """
        CREATE TABLE passkey_place (
            hash BLOB PRIMARY KEY,                       -- SHA-256 of the credential
            customer TEXT REFERENCES customer (name)     -- NULL for staff
        ) WITHOUT ROWID;
        CREATE INDEX passkey_place_customer ON passkey_place (customer);
        """
}
