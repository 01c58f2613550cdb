// The one table behind every count that is published: groups by categories, with all people together as its margin.

/// How many people of each group fell into each category. Every person of a group is in exactly one column.
package struct CountTable: Equatable {
    /// By group, then by category.
    package let groups: [[Int]]
    package let columns: Int
    /// The column of those the measure was not taken of. That there are none of them says nothing about anybody's health, so a zero
    /// there may be known; a zero elsewhere may not (a group of twelve of whom none is healthy).
    package let absent: Int?

    package init(groups: [[Int]], columns: Int, absent: Int? = nil) {
        self.groups = groups
        self.columns = columns
        self.absent = absent
    }

    package var overall: [Int] {
        (0..<columns).map { column in groups.reduce(0) { $0 + $1[column] } }
    }
}

/// What may be shown of a table: true where the count may be known.
package struct Publication: Equatable {
    package var groups: [[Bool]]
    package var overall: [Bool]

    package init(groups: Int, columns: Int, all value: Bool) {
        self.groups = Array(repeating: Array(repeating: value, count: columns), count: groups)
        overall = Array(repeating: value, count: columns)
    }
}
