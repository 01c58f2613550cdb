// The audit log as a chain: rows are only ever added, each holds the hash of the one before (Audit/AuditChain says how).

/// A step of both schemas. What was audited before is taken into the chain by `AuditAdoption`, in the same transaction.
enum AuditTables {
    static let step: StaticString = """
        ALTER TABLE audit RENAME TO audit_before;

        CREATE TABLE audit (
            row INTEGER PRIMARY KEY,          -- 1, 2, 3, without a gap
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,              -- person/ID, staff/ID, node/ROLE, nobody
            what TEXT NOT NULL,               -- words of ours, nothing of a person
            object TEXT NOT NULL,             -- what it was done to: subject/ID; empty where there is nothing
            request TEXT,
            salt BLOB,                        -- with `detail` what may name a person (JSON); both NULL after an erasure
            detail TEXT,
            digest BLOB NOT NULL,             -- SHA-256 of salt and detail; stays when they go
            hash BLOB NOT NULL,               -- SHA-256 of the hash before and of this row but salt and detail
            erased INTEGER                    -- the entry that tells of the erasure
        );
        CREATE INDEX audit_actor ON audit (actor);
        CREATE INDEX audit_what ON audit (what);
        CREATE INDEX audit_object ON audit (object) WHERE object <> '';

        -- The next row and no other: also keeps INSERT OR REPLACE from replacing one.
        CREATE TRIGGER audit_appended BEFORE INSERT ON audit
        WHEN NEW.row IS NOT (SELECT coalesce(max(row), 0) + 1 FROM audit)
        BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;

        CREATE TRIGGER audit_kept BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;

        CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
        WHEN NEW.detail IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.erased IS NULL OR OLD.erased IS NOT NULL
            OR NEW.row IS NOT OLD.row OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor OR NEW.what IS NOT OLD.what
            OR NEW.object IS NOT OLD.object OR NEW.request IS NOT OLD.request OR NEW.digest IS NOT OLD.digest OR NEW.hash IS NOT OLD.hash
        BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
        """
}
