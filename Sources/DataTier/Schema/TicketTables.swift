// The second step of both schemas: tickets with a lifecycle, clocks, an owner, and everything that happened to them.

/// A ticket's row holds what follows from its events, so that lists need not read them. `due` is when the next promise of a running
/// clock comes due; 9007199254740991 (the largest whole number JSON keeps) when none does, so that it sorts last.
enum TicketTables {
    static let ofCustomer: StaticString = """
        ALTER TABLE ticket ADD COLUMN category TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN assignee TEXT;                          -- e-mail of a person of staff
        ALTER TABLE ticket ADD COLUMN assignee_name TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN tags TEXT NOT NULL DEFAULT '';          -- ' one two ', each between blanks
        ALTER TABLE ticket ADD COLUMN until INTEGER;                          -- of a pending one
        ALTER TABLE ticket ADD COLUMN reason TEXT NOT NULL DEFAULT '';        -- of one on hold
        ALTER TABLE ticket ADD COLUMN state_since INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE ticket ADD COLUMN wake INTEGER;                           -- when time itself moves it
        ALTER TABLE ticket ADD COLUMN due INTEGER NOT NULL DEFAULT 9007199254740991;
        ALTER TABLE ticket ADD COLUMN merged_into INTEGER;
        ALTER TABLE ticket ADD COLUMN response_phase TEXT NOT NULL DEFAULT 'ended';
        ALTER TABLE ticket ADD COLUMN response_due INTEGER;
        ALTER TABLE ticket ADD COLUMN response_met INTEGER;
        ALTER TABLE ticket ADD COLUMN response_left INTEGER;                  -- seconds of working time
        ALTER TABLE ticket ADD COLUMN resolution_phase TEXT NOT NULL DEFAULT 'ended';
        ALTER TABLE ticket ADD COLUMN resolution_due INTEGER;
        ALTER TABLE ticket ADD COLUMN resolution_met INTEGER;
        ALTER TABLE ticket ADD COLUMN resolution_left INTEGER;
        ALTER TABLE ticket ADD COLUMN clocked INTEGER NOT NULL DEFAULT 0;     -- whether the clocks above were worked out
        UPDATE ticket SET state_since = updated, active = state <> 'closed';
        CREATE INDEX ticket_due ON ticket (active, due, number);
        CREATE INDEX ticket_unclocked ON ticket (number) WHERE clocked = 0;

        ALTER TABLE reply ADD COLUMN internal INTEGER NOT NULL DEFAULT 0;     -- a note among staff

        -- What happened to a ticket, in order of `row`; only ever appended. The clocks are worked out from it.
        CREATE TABLE ticket_event (
            row INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            value TEXT NOT NULL DEFAULT '',
            detail TEXT NOT NULL DEFAULT '',
            person TEXT NOT NULL,
            who TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            internal INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX ticket_event_ticket ON ticket_event (ticket, row);
        -- Names may be taken out of history (erasure), and a ticket may go as a whole; what happened does not change.
        CREATE TRIGGER ticket_event_kept BEFORE UPDATE OF ticket, at, kind, value, detail, by_staff, internal ON ticket_event
            BEGIN SELECT RAISE(ABORT, 'events of a ticket are only appended'); END;
        CREATE TRIGGER ticket_event_held BEFORE DELETE ON ticket_event WHEN EXISTS (SELECT 1 FROM ticket WHERE number = OLD.ticket)
            BEGIN SELECT RAISE(ABORT, 'events of a ticket are only appended'); END;

        -- Tickets of before: opened, replied to, and in the state they were left in.
        INSERT INTO ticket_event (ticket, at, kind, value, person, who, by_staff)
            SELECT ticket, at, kind, value, person, who, by_staff FROM (
                SELECT number AS ticket, opened AS at, 0 AS place, 0 AS seq, 'opened' AS kind, priority AS value, person, opened_by AS who, 0 AS by_staff FROM ticket
                UNION ALL SELECT ticket, written, 1, row, 'replied', '', person, author, by_staff FROM reply
                UNION ALL SELECT number, updated, 2, 0, 'state', state, person, '', 0 FROM ticket WHERE state <> 'open'
            ) ORDER BY ticket, place, seq;

        CREATE VIEW ticket_row AS SELECT number, title, substr(body, 1, 200) AS body, state, priority, opened_by, opened, updated, replies,
            category, assignee, assignee_name, tags, until, reason, state_since, revision, merged_into,
            response_phase, response_due, response_met, response_left, resolution_phase, resolution_due, resolution_met, resolution_left,
            due, active, title_key, person FROM ticket;
        """

    static let ofDirectory: StaticString = """
        ALTER TABLE ticket ADD COLUMN category TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN assignee TEXT;
        ALTER TABLE ticket ADD COLUMN assignee_name TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN tags TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN until INTEGER;
        ALTER TABLE ticket ADD COLUMN reason TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN state_since INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE ticket ADD COLUMN wake INTEGER;
        ALTER TABLE ticket ADD COLUMN due INTEGER NOT NULL DEFAULT 9007199254740991;
        ALTER TABLE ticket ADD COLUMN merged_into INTEGER;
        ALTER TABLE ticket ADD COLUMN response_phase TEXT NOT NULL DEFAULT 'ended';
        ALTER TABLE ticket ADD COLUMN response_due INTEGER;
        ALTER TABLE ticket ADD COLUMN response_met INTEGER;
        ALTER TABLE ticket ADD COLUMN response_left INTEGER;
        ALTER TABLE ticket ADD COLUMN resolution_phase TEXT NOT NULL DEFAULT 'ended';
        ALTER TABLE ticket ADD COLUMN resolution_due INTEGER;
        ALTER TABLE ticket ADD COLUMN resolution_met INTEGER;
        ALTER TABLE ticket ADD COLUMN resolution_left INTEGER;
        ALTER TABLE ticket ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX ticket_due ON ticket (active, due, number);
        CREATE INDEX ticket_state_due ON ticket (state, due, number);
        CREATE INDEX ticket_assignee_due ON ticket (assignee, active, due, number);
        CREATE INDEX ticket_customer_due ON ticket (customer, active, due, number);
        CREATE INDEX ticket_wake ON ticket (wake) WHERE wake IS NOT NULL;
        -- Everything is followed once more.
        UPDATE customer SET ticket_revision = 0;

        CREATE VIEW ticket_row AS SELECT t.number, t.title, t.body, t.state, t.priority, t.opened_by, t.opened, t.updated, t.replies,
            t.category, t.assignee, t.assignee_name, t.tags, t.until, t.reason, t.state_since, t.revision, t.merged_into,
            t.response_phase, t.response_due, t.response_met, t.response_left, t.resolution_phase, t.resolution_due, t.resolution_met, t.resolution_left,
            t.due, t.active, t.title_key, c.name AS customer, c.display_name FROM ticket t CROSS JOIN customer c ON c.name = t.customer;
        """
}
