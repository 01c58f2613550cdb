// What a scheduled change leads to: a maintenance window, of which management is told, and the draft of an announcement.

enum WindowTables {
    /// A step of both schemas.
    static let effects: StaticString = """
        -- When a change is carried out, written with its cause, taken over by management.
        CREATE TABLE window_effect (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            change INTEGER NOT NULL,
            version INTEGER NOT NULL,         -- milliseconds: it goes on growing after a restore
            title TEXT NOT NULL,
            parts TEXT NOT NULL,
            starts INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            cancelled INTEGER NOT NULL
        );
        """

    static let ofDirectory: StaticString = """
        ALTER TABLE announcement ADD COLUMN change INTEGER; -- the one it was drafted for
        CREATE UNIQUE INDEX announcement_change ON announcement (change) WHERE change IS NOT NULL;
        """
}
