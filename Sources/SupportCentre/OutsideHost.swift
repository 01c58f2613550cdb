// Hosts outside that customers name: written so that every library reads the same in them, and of the public Internet.
import Wire

enum OutsideHost {
    /// Why `host` or `host:port` cannot be used; nil for one that can. `example` is the hint where it is written wrongly.
    static func problem(_ authority: Substring, inside: Bool, example: String) -> (reason: String, hint: String)? {
        guard let host = name(of: authority) else { return ("The address names no host, or no port there is.", example) }
        let name = host.lowercased()
        if !inside, IPAddress(host)?.isPublic == false || name == "localhost" || name.hasSuffix(".localhost") || name.hasSuffix(".internal") || name.hasSuffix(".local") {
            return ("\(host) is no address of the public Internet.", "Give one that can be reached from everywhere.")
        }
        return nil
    }

    /// The host of `host:port`, without brackets; nil for none or a port that is none.
    private static func name(of authority: Substring) -> String? {
        var (host, port): (Substring, Substring?)
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            guard IPAddress(String(host))?.isV6 == true || IPAddress(String(host)) != nil else { return nil }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            (host, port) = (parts[0], parts.count == 2 ? parts[1] : nil)
            guard !host.isEmpty, host.first != ".", !host.contains(".."), host.utf8.allSatisfy({ byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
            }) else { return nil }
            // Libraries read numbers like 2130706433 or 0x7f.1 as addresses; here an address is four numbers or a name.
            let last = host.split(separator: ".").last ?? ""
            if last.utf8.first.map({ (0x30...0x39).contains($0) }) == true, IPAddress(String(host)) == nil { return nil }
        }
        if let port {
            guard (1...5).contains(port.utf8.count), let number = Int(port), (1...65_535).contains(number), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        }
        return String(host)
    }
}
