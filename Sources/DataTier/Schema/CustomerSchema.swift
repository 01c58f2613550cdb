// The tables of one customer: everything of theirs is in this one file, so that it can be restored, handed over or deleted alone.
import Storage

enum CustomerSchema {
    static let schema = Schema(name: "customer", steps: [PeopleTables.first, own, TicketTables.ofCustomer, ConversationTables.ofCustomer, ExportTables.step, AttachmentTables.ofCustomer, RatingTables.ofCustomer, ChangeTables.own, AuditTables.step, AccountTables.step, AnnouncementTables.receipts, WindowTables.effects, SearchTables.ofCustomer, WebhookTables.ofCustomer, BrandingTables.step, BinTables.ofCustomer, ScheduleTables.ofCustomer, PasskeyTables.step, SearchTables.titlesOfCustomer, SearchTables.mergingOfCustomer, ErasureTables.ofCustomer], finish: AuditAdoption.run)

    private static let own: StaticString = """
        CREATE TABLE subject (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            reference TEXT NOT NULL UNIQUE,
            sort TEXT NOT NULL,               -- the reference with its numbers made comparable
            name TEXT NOT NULL,
            sex TEXT NOT NULL CHECK (sex IN ('F', 'M', 'U')),
            born INTEGER,                     -- days since 1970
            team TEXT,                        -- the group; NULL without one
            created INTEGER NOT NULL,
            last_assessed INTEGER
        );
        CREATE INDEX subject_sort ON subject (sort, row);
        CREATE INDEX subject_team ON subject (team, sort, row) WHERE team IS NOT NULL;

        -- The words of a subject's reference and name, lower case, for search by their beginnings.
        CREATE TABLE subject_word (
            word TEXT NOT NULL,
            subject INTEGER NOT NULL REFERENCES subject (row) ON DELETE CASCADE,
            PRIMARY KEY (word, subject)
        ) WITHOUT ROWID;
        CREATE INDEX subject_word_subject ON subject_word (subject);

        CREATE TABLE assessment (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            subject INTEGER NOT NULL REFERENCES subject (row) ON DELETE CASCADE,
            taken INTEGER NOT NULL,
            age INTEGER,                      -- completed years, where no date of birth is known
            note TEXT NOT NULL,
            assessor TEXT NOT NULL,
            import TEXT,
            created INTEGER NOT NULL
        );
        CREATE INDEX assessment_subject ON assessment (subject, taken, row);
        CREATE INDEX assessment_taken ON assessment (taken, row);

        -- In the unit the catalogue stores the code in, with the band it fell into when it was saved.
        CREATE TABLE measure (
            assessment INTEGER NOT NULL REFERENCES assessment (row) ON DELETE CASCADE,
            code TEXT NOT NULL,
            value REAL NOT NULL,
            category TEXT,
            category_code TEXT,
            colour TEXT,
            source TEXT NOT NULL,
            version TEXT,
            formula TEXT,                     -- of a calculated value
            PRIMARY KEY (assessment, code)
        ) WITHOUT ROWID;

        CREATE TABLE ticket (
            number INTEGER PRIMARY KEY,       -- unique over all customers
            title TEXT NOT NULL,
            title_key TEXT NOT NULL,          -- lower case, for search
            body TEXT NOT NULL,
            state TEXT NOT NULL,
            priority TEXT NOT NULL,
            person TEXT NOT NULL,
            opened_by TEXT NOT NULL,
            opened INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            replies INTEGER NOT NULL DEFAULT 0,
            revision INTEGER NOT NULL         -- grows with every change of any ticket
        );
        CREATE INDEX ticket_state ON ticket (state, number);
        CREATE INDEX ticket_person ON ticket (person, number);
        CREATE INDEX ticket_revision ON ticket (revision);

        CREATE TABLE reply (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            person TEXT NOT NULL,
            author TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            body TEXT NOT NULL,
            written INTEGER NOT NULL
        );
        CREATE INDEX reply_ticket ON reply (ticket, row);

        CREATE TABLE import (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL,
            accepted INTEGER NOT NULL,
            refused INTEGER NOT NULL,
            file_name TEXT NOT NULL,
            imported INTEGER NOT NULL,
            by_person TEXT NOT NULL,
            notes TEXT NOT NULL               -- one to a line
        );
        CREATE TABLE import_line (
            import INTEGER NOT NULL REFERENCES import (row) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            line INTEGER NOT NULL,
            field TEXT NOT NULL,
            reason TEXT NOT NULL,
            hint TEXT NOT NULL,
            PRIMARY KEY (import, place)
        ) WITHOUT ROWID;
        """
}
