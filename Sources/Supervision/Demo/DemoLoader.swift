// Puts the demo into an empty fleet: customers, their measurements, people, tickets, changes; writes demo.json when all of it is there.
import Assessments
import Control
import Digests
import Glibc
import Logging
import Procedures
import SupportCentre
import Wire

/// Whether this start makes the demo: only on an empty state directory, or where an earlier start was cut off while making it.
struct DemoPlan {
    let state: StateDirectory
    /// There while the demo is being made.
    private var mark: String { state.path + "/demo.pending" }

    init(_ state: StateDirectory) { self.state = state }

    /// An earlier start was cut off while it made the demo.
    var isPending: Bool { access(mark, F_OK) == 0 }

    /// Decides, and clears away what an earlier start left half-made.
    func begin(isNew: Bool) throws(Failure) -> Bool {
        let pending = isPending
        guard isNew || pending else { return false }
        if pending {
            for node in try StateGround.entries(state.nodes) { Self.removeTree(state.files(of: node)) }
            unlink(state.fleet)
        }
        try DurableFile.write(Array("the demo is being made\n".utf8), to: mark)
        return true
    }

    func finish() { unlink(mark) }

    private static func removeTree(_ path: String) {
        for name in (try? StateGround.entries(path)) ?? [] {
            let inner = "\(path)/\(name)"
            var info = stat()
            guard lstat(inner, &info) == 0 else { continue }
            if info.st_mode & S_IFMT == S_IFDIR { removeTree(inner) } else { unlink(inner) }
        }
        rmdir(path)
    }
}

extension Supervisor {
    /// Customers and people at once, then imports and tickets; every step by procedure, as operations would.
    package func loadDemo() async throws(Failure) {
        let demo = Demo.make()
        for customer in demo.customers {
            var add = AddCustomer()
            add.customer = customer.name
            add.displayName = customer.displayName
            _ = try await call(add)
        }
        // Hashing passwords takes the longest, so people are made while the measurements go in.
        var authors: Set<String> = [demo.announcer]
        for ticket in demo.tickets { authors.formUnion([ticket.by] + ticket.replies.map(\.by)) }
        for change in demo.changes { authors.formUnion(change.people) }
        for post in Demo.posts { authors.formUnion(post.comments.map(\.by)) }
        for announcement in demo.announcements { authors.formUnion(announcement.acknowledgedBy) }
        let tokens = try await sideBySide(
            demo.people.map { .person($0, writes: authors.contains($0.email)) } + demo.customers.map { .measurements($0) })
        try await open(demo.tickets, sessions: tokens)
        for change in demo.changes { try await raise(change, sessions: tokens) }
        for person in demo.invited { _ = try await add(person, invited: true) }
        if let administrator = demo.people.first, let token = tokens[administrator.email] {
            for person in demo.suspended {
                var suspend = SuspendPerson()
                suspend.id = try await add(person).id
                _ = try await call(suspend, session: token)
            }
        }
        try await announce(demo, sessions: tokens)
        try await publish(Demo.posts, by: demo.announcer, sessions: tokens)
        for token in tokens.values { _ = try? await call(SignOut(), session: token) }
        let people = demo.people.map { person in
            JSON.object([
                ("customer", person.customer.map { .string($0) } ?? .null), ("email", .string(person.email)), ("password", .string(person.password)), ("role", .string(person.role)),
            ])
        }
        try DurableFile.write(JSON.object([("people", .array(people))]).bytes + [0x0A], to: state.demo)
    }

    @discardableResult
    private func add(_ person: Demo.Person, invited: Bool = false) async throws(Failure) -> Procedures.Person {
        var add = AddPerson()
        add.email = person.email
        add.name = person.name
        add.customer = person.customer
        guard let role = PersonRole(rawValue: person.role) else { throw .fault("The demo has a person with the role \(person.role).") }
        add.role = role
        add.password = invited ? nil : person.password
        return try await call(add).person
    }

    private func load(_ customer: Demo.Customer) async throws(Failure) {
        var load = ImportForCustomer()
        load.customer = customer.name
        load.fileName = customer.fileName
        load.bad = .refuse
        load.bytes = customer.csv
        let report = try await call(load)
        log.info("\(customer.fileName): \(report.accepted) rows accepted, \(report.refused) refused")
    }

    /// A session by operations' word: signing in would hash each password a second time, 0.3 s of a processor each.
    private func token(for person: Demo.Person) async throws(Failure) -> String {
        var create = CreateToken()
        create.email = person.email
        return try await call(create).token
    }

    /// Tickets are opened and answered by their people, as in the portal; their tokens are taken back afterwards.
    private func open(_ tickets: [Demo.Ticket], sessions: [String: String]) async throws(Failure) {
        for ticket in tickets {
            var open = OpenTicket()
            open.title = ticket.title
            open.body = ticket.body
            open.priority = TicketPriority(rawValue: ticket.priority)
            let opened = try await call(open, session: sessions[ticket.by])
            for reply in ticket.replies {
                var answer = ReplyToTicket()
                answer.number = opened.number
                answer.body = reply.body
                answer.close = reply.closes
                if reply.isNote { answer.internal = true }
                _ = try await call(answer, session: sessions[reply.by])
            }
            guard let assignee = ticket.assignee else { continue }
            var change = ChangeTicket()
            (change.number, change.assignee, change.category) = (opened.number, assignee, ticket.category)
            if let hold = ticket.hold { (change.state, change.reason) = (.onHold, hold) }
            _ = try await call(change, session: sessions[assignee])
        }
    }

    private func raise(_ change: Demo.Change, sessions: [String: String]) async throws(Failure) {
        var raise = RaiseChange()
        (raise.title, raise.kind, raise.reason) = (change.title, ChangeKind(rawValue: change.kind) ?? .normal, change.reason)
        (raise.impact, raise.likelihood) = (ChangeImpact(rawValue: change.impact), ChangeLikelihood(rawValue: change.likelihood))
        (raise.plan, raise.backOut, raise.evidence, raise.parts) = (change.plan, change.backOut, change.evidence, change.parts)
        let number = try await call(raise, session: sessions[change.by]).number
        for step in change.steps {
            switch step {
            case .move(let word, let by, let note, let hours, let length):
                var move = MoveChange()
                (move.number, move.step, move.note) = (number, ChangeStep(rawValue: word) ?? .submit, note)
                if let hours {
                    let starts = Timestamp.now.adding(.seconds(hours * 3600))
                    (move.starts, move.ends) = (starts.iso8601, starts.adding(.seconds(length * 3600)).iso8601)
                }
                _ = try await call(move, session: sessions[by])
            case .vote(let choice, let by, let comment):
                var vote = VoteOnChange()
                (vote.number, vote.choice, vote.comment) = (number, VoteChoice(rawValue: choice) ?? .abstain, comment)
                _ = try await call(vote, session: sessions[by])
            case .quote(let amount, let currency, let by):
                var quote = QuoteChange()
                (quote.number, quote.amount, quote.currency) = (number, amount, Currency(rawValue: currency))
                _ = try await call(quote, session: sessions[by])
            }
        }
    }

    /// Posts by support, with comments of customers' people.
    private func publish(_ posts: [Demo.Post], by author: String, sessions: [String: String]) async throws(Failure) {
        for post in posts {
            var save = SavePost()
            (save.title, save.body, save.tags, save.publish) = (post.title, post.body, post.tags, "now")
            let saved = try await call(save, session: sessions[author])
            for comment in post.comments {
                var write = CommentOnPost()
                (write.number, write.body, write.alias) = (saved.number, comment.body, comment.name)
                let written = try await call(write, session: sessions[comment.by])
                guard comment.isChecked else { continue }
                var moderate = ModerateComment()
                moderate.id = written.id
                _ = try await call(moderate, session: sessions[author])
            }
        }
    }

    private enum Step: Sendable {
        case person(Demo.Person, writes: Bool)
        case measurements(Demo.Customer)
    }

    /// Runs steps side by side; answers the tokens of those who write tickets. The first failure is thrown when all have ended.
    private func sideBySide(_ steps: [Step]) async throws(Failure) -> [String: String] {
        let results = await withTaskGroup(of: Result<(email: String, token: String)?, Failure>.self) { group in
            for step in steps { group.addTask { await self.take(step) } }
            var all: [Result<(email: String, token: String)?, Failure>] = []
            for await result in group { all.append(result) }
            return all
        }
        var tokens: [String: String] = [:]
        for result in results {
            if let session = try result.get() { tokens[session.email] = session.token }
        }
        return tokens
    }

    private func take(_ step: Step) async -> Result<(email: String, token: String)?, Failure> {
        do throws(Failure) {
            switch step {
            case .measurements(let customer):
                try await load(customer)
                return .success(nil)
            case .person(let person, let writes):
                try await add(person)
                return .success(writes ? (person.email, try await token(for: person)) : nil)
            }
        } catch {
            return .failure(error)
        }
    }
}
