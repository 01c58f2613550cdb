// `upgrade`: a node gets a new process, of a new release where its program file changed, and nobody notices.
import CLinux
import Control
import Glibc
import Wire

extension Supervisor {
    /// Returns when the new process serves under the node's name; the one before may still be finishing what it has.
    func upgrade(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("node", "program")
        let node = try node(try arguments.text("node"))
        guard node.origin == nil else {
            throw .invalid("\(node.name) is an origin: somebody else's application.", hint: "Use drain to keep people away while its owner upgrades it.", code: "origin")
        }
        guard node.state != .stopped else {
            throw .conflict("\(node.name) is held down.", hint: "fitech-ctl start \(node.name) starts its program as it is now.", code: "stopped")
        }
        let given = try arguments.optionalText("program")
        guard given == nil || arguments.by.person == nil else {
            throw .forbidden("A program is named on the machine of the fleet only.", hint: "Use fitech-ctl --state there; without --program this works from afar.")
        }
        let program = given ?? self.program
        try Self.checkProgram(program)
        try await replaceProcess(of: node.name, program: program, progress)
        return nodeJSON(node.name)
    }

    private static func checkProgram(_ path: String) throws(Failure) {
        guard path.hasPrefix("/") else { throw .invalid("`\(path)` is not an absolute path.", hint: "Send the whole path of the program.", code: "wrong-path") }
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            throw .invalid("\(path) is no program that can be started here.", hint: "Name a fitech program on the machine of the supervisor.", code: "wrong-program")
        }
    }
}
