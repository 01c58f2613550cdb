// Sends a whole list as CSV, workbook or JSON, item by item: as much is in memory as is on its way.
import Digests
import Documents
import Engine
import Glibc
import Nodes
import Procedures
import ProcedureClient
import Wire

extension WebRequest {
    /// Answers with the whole list. Fails before anything was sent, or sends all of it; an answer that breaks off later is cut, never
    /// ended as if it were whole.
    ///
    /// - Parameter forPeople: with a byte order mark, which spreadsheets need to read CSV as UTF-8 and programs stumble over.
    func send(_ list: ExportableList, _ query: Form, as format: ListFormat, session: String?, forPeople: Bool) async throws(Failure) {
        try list.check(query)
        if format == .xlsx, !XLSXBook.isOffered { throw XLSXBook.notOffered }
        try await send(try list.ask(query), named: list.name, as: format, session: session, forPeople: forPeople)
    }

    private func send<P: ListProcedure>(_ asked: P, named name: String, as format: ListFormat, session: String?, forPeople: Bool) async throws(Failure) {
        let items = try await handler.procedures.whole(asked, session: session, requestID: requestID, counts: !forPeople)
        let head = head(of: "\(name)-\(Timestamp.now.date.iso8601).\(format.rawValue)", format)
        do throws(Failure) {
            switch format {
            case .csv: try await sendCSV(items, head, mark: forPeople)
            case .json: try await sendJSON(items, head)
            case .xlsx: try await sendWorkbook(items, head)
            }
        } catch {
            items.abandon()
            throw error
        }
    }

    private func head(of file: String, _ format: ListFormat) -> ResponseHead {
        var fields = secured(HTTPResponse(), html: false).fields
        fields.add("Content-Type", format.contentType)
        fields.add("Content-Disposition", "attachment; filename=\"\(file)\"")
        for cookie in setCookies { fields.add("Set-Cookie", cookie.text) }
        return ResponseHead(status: .ok, fields: fields)
    }

    private func sendCSV<Item: Record>(_ items: WholeList<Item>, _ head: ResponseHead, mark: Bool) async throws(Failure) {
        let table = RecordTable<Item>()
        var writer = CSVWriter(mark: mark)
        writer.row(table.columns.map(\.name))
        try await exchange.begin(head, length: nil)
        while let part = try await items.next() {
            for item in part { for row in table.rows(of: item) { writer.row(row) } }
            if writer.bytes.count >= 1 << 15 { try await exchange.write(writer.take()) }
        }
        try await exchange.write(writer.take())
        try await exchange.end()
    }

    private func sendJSON<Item: Record>(_ items: WholeList<Item>, _ head: ResponseHead) async throws(Failure) {
        try await exchange.begin(head, length: nil)
        var bytes = Array("{\"items\":[".utf8)
        var isFirst = true
        while let part = try await items.next() {
            for item in part {
                if !isFirst { bytes += [0x2C, 0x0A] }
                isFirst = false
                bytes += JSONCodec.encode(item)
            }
            if bytes.count >= 1 << 15 {
                try await exchange.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        try await exchange.write(bytes + Array("],\"next\":null}\n".utf8))
        try await exchange.end()
    }

    /// A workbook is packed when it is complete, so it waits on disk, under no name.
    private func sendWorkbook<Item: Record>(_ items: WholeList<Item>, _ head: ResponseHead) async throws(Failure) {
        let directory = handler.node.files
        let path = "\(directory)/.\(Identifier.make()).xlsx"
        defer { unlink(path) }
        let table = RecordTable<Item>()
        let book = try XLSXBook(path: path, scratch: directory, columns: table.columns)
        while let part = try await items.next() {
            for item in part { for row in table.rows(of: item) { book.append(row) } }
        }
        // Packing burns a second of a processor for a large table: not on the loop.
        try await Self.pack(book)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var info = stat()
        guard descriptor >= 0, fstat(descriptor, &info) == 0 else { throw .fault("The workbook disappeared.") }
        defer { close(descriptor) }
        unlink(path)
        var left = Int(info.st_size)
        try await exchange.begin(head, length: left)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while left > 0 {
            let count = read(descriptor, &buffer, min(buffer.count, left))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .fault("The workbook could not be read back.") }
            try await exchange.write(Array(buffer[..<count]))
            left -= count
        }
        try await exchange.end()
    }

    private static func pack(_ book: sending XLSXBook) async throws(Failure) {
        let result = await Task.detached { () -> Result<Void, Failure> in
            do throws(Failure) { return .success(try book.finish()) } catch { return .failure(error) }
        }.value
        try result.get()
    }
}

extension WebHandler {
    /// `/lists/NAME?format=csv`: what the buttons on the lists lead to.
    func addLists() {
        router.on(.get, "/lists/{list}") { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            do throws(Failure) {
                guard request.session != nil else { throw .signedOut() }
                guard let list = ExportableList.all.first(where: { $0.name == request.parameter("list") }) else {
                    throw .notFound("list", hint: "There are: \(ExportableList.all.map(\.name).joined(separator: ", ")).")
                }
                let query = try request.query()
                try await request.send(list, query, as: try ListFormat.named(in: query) ?? .csv, session: request.session, forPeople: true)
            } catch {
                guard !exchange.hasBegun else { return }
                let response = error.status == 401 ? request.sendToSignIn() : await errorPage(request, error)
                await exchange.respond(request.finished(response))
            }
        }
    }
}
