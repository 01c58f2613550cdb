// Listening sockets handed from process to process.
import CLinux
import Engine
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct ListenerHandoverTests {
    @Test func `listeners arrive by their names and serve what the giver's queue holds`() throws {
        let scratch = ScratchDirectory()
        let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0)), second = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        let offer = try ListenerHandover.offer([("https", listener.descriptor), ("http", second.descriptor)], at: scratch.path + "/l")
        let given = try ListenerHandover.ask(at: scratch.path + "/l")
        #expect(given.keys.sorted() == ["http", "https"])
        let taken = try Listener.adopt(try #require(given["https"]))
        #expect(taken.address == listener.address)
        // One socket, two descriptors: nothing is refused when the giver closes its own.
        let waiting = try RawClient(listener.address)
        listener.close()
        let accepted = accept(taken.descriptor, nil, nil)
        #expect(accepted >= 0)
        try waiting.send("x")
        close(accepted)
        for descriptor in given.values { close(descriptor) }
        second.close()
        offer.close()
    }

    @Test func `nobody there is an error, and so is an offer that was closed`() async throws {
        let scratch = ScratchDirectory()
        #expect(throws: SystemError.self) { try ListenerHandover.ask(at: scratch.path + "/none") }
        let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        let offer = try ListenerHandover.offer([("http", listener.descriptor)], at: scratch.path + "/l")
        offer.close()
        while access(scratch.path + "/l", F_OK) == 0 { usleep(1000) }
        #expect(throws: SystemError.self) { try ListenerHandover.ask(at: scratch.path + "/l") }
        listener.close()
    }
}
