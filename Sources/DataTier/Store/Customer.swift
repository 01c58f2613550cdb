// A customer as the data node knows it in memory: a name and the one file that holds everything of theirs.
import Storage

struct CustomerEntry: Sendable {
    let name: String
    let displayName: String
    let file: DatabaseFile
}

enum CustomerName {
    /// Names that would be taken for something else in a token or a path.
    static let reserved: Set<String> = ["staff", "directory", "all"]

    /// What is wrong with a customer's name, nil when nothing is: 1 to 40 of `a-z 0-9 -`, a letter first.
    static func problem(_ name: String) -> String? {
        guard (1...40).contains(name.utf8.count) else { return "A customer's name has 1 to 40 characters." }
        guard name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }),
            let first = name.utf8.first, (0x61...0x7A).contains(first)
        else { return "A customer's name is made of a-z, 0-9 and -, and begins with a letter." }
        return reserved.contains(name) ? "\"\(name)\" is taken by Fitech itself." : nil
    }
}
