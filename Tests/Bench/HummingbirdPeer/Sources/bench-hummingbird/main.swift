// By Hummingbird on one event loop: 100 bytes to whoever asks for /, and with a directory (peer.db, head.html, row.html, tail.html) the
// page of a ticket list for whoever has a session in its database: bench-hummingbird PORT [DIRECTORY]
import CSQLite
import Foundation
import Hummingbird
import Logging
import NIOPosix
import Synchronization

let port = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 8080
let router = Router()
let answer = String(repeating: "x", count: 100)
router.get("/") { _, _ in answer }

/// One database handle with its two statements, for whoever holds it. (Handlers run on the threads of the runtime, not on the loop.)
final class Tickets: @unchecked Sendable {
    private var session: OpaquePointer?, list: OpaquePointer?
    private let head: String, row: [Substring], tail: String

    init(_ directory: String) throws {
        var database: OpaquePointer?
        guard sqlite3_open_v2(directory + "/peer.db", &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK else { throw CocoaError(.fileReadUnknown) }
        sqlite3_prepare_v2(database, "SELECT person FROM session WHERE token = ?", -1, &session, nil)
        sqlite3_prepare_v2(database, "SELECT number, title, priority, opened, updated FROM ticket WHERE person = ? ORDER BY number DESC LIMIT 20", -1, &list, nil)
        head = try String(contentsOfFile: directory + "/head.html", encoding: .utf8)
        tail = try String(contentsOfFile: directory + "/tail.html", encoding: .utf8)
        // Texts and places in turn: @number@ and @title@ between the others.
        row = try String(contentsOfFile: directory + "/row.html", encoding: .utf8).split(separator: "@", omittingEmptySubsequences: false)
    }

    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func page(_ token: String) -> String? {
        sqlite3_bind_text(session, 1, token, -1, Self.transient)
        defer { sqlite3_reset(session) }
        guard sqlite3_step(session) == SQLITE_ROW, let person = sqlite3_column_text(session, 0) else { return nil }
        sqlite3_bind_text(list, 1, UnsafeRawPointer(person).assumingMemoryBound(to: CChar.self), -1, Self.transient)
        defer { sqlite3_reset(list) }
        var page = head
        while sqlite3_step(list) == SQLITE_ROW {
            let number = String(sqlite3_column_int64(list, 0)), title = sqlite3_column_text(list, 1).map { String(cString: $0) } ?? ""
            for part in row { page += part == "number" ? number : part == "title" ? escaped(title) : String(part) }
        }
        page += tail
        return page
    }

    private func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x3C || $0 == 0x26 || $0 == 0x22 }) else { return text }
        return text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
}

if let directory = CommandLine.arguments.dropFirst(2).first {
    let idle = Mutex<[Tickets]>([])
    router.get("/tickets") { request, _ -> Response in
        let token = request.headers[.cookie]?.split(separator: "; ").first { $0.hasPrefix("session=") }?.dropFirst("session=".count) ?? ""
        let tickets = try idle.withLock { $0.popLast() } ?? Tickets(directory)
        defer { idle.withLock { $0.append(tickets) } }
        guard let page = tickets.page(String(token)) else { throw HTTPError(.unauthorized) }
        return Response(status: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: page)))
    }
}

var logger = Logger(label: "hummingbird")
logger.logLevel = .error
let application = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
    eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)), logger: logger)
try await application.runService()
