// Which subjects were erased, so that a restore of older data erases them again, and whose traces a file may still have.

enum ErasureTables {
    /// A step of the customers' schema. Erasures of before left the file as it was.
    static let ofCustomer: StaticString = """
        CREATE TABLE erasure_trace (
            entry INTEGER PRIMARY KEY         -- of the audit log: an erasure since which the file was not written anew
        );
        INSERT INTO erasure_trace (entry) SELECT row FROM audit WHERE what = 'erased a subject';
        """

    /// A step of the directory's schema: a restore of the customer must not take this along.
    static let ofDirectory: StaticString = """
        CREATE TABLE erased_subject (
            customer TEXT NOT NULL,
            subject TEXT NOT NULL,            -- its id, which says nothing of the person
            PRIMARY KEY (customer, subject)
        ) WITHOUT ROWID;
        """
}
