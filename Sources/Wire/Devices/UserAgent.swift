// What a User-Agent field tells a person about their device: "Firefox on Windows".

package enum UserAgent {
    /// A program and a system in a few words, for a list in which people look for what is not theirs. Never the field itself:
    /// it is anybody's text, and it tells more about a device than the list needs.
    package static func words(of field: String?) -> String {
        guard let field = field?.prefix(400), !field.isEmpty else { return "Unknown device" }
        let program = programs.first { field.contains($0.mark) }?.name ?? product(of: field)
        guard let system = systems.first(where: { field.contains($0.mark) })?.name else { return program }
        return "\(program) on \(system)"
    }

    /// In the order they are looked for: each browser also names those it wants to be taken for.
    private static let programs: [(mark: String, name: String)] = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"), ("Wget/", "Wget"),
    ]
    private static let systems: [(mark: String, name: String)] = [
        ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook"), ("Mac OS X", "Mac"), ("Macintosh", "Mac"), ("Linux", "Linux"),
    ]

    /// The first product's name, if it is one in plain letters.
    private static func product(of field: Substring) -> String {
        let name = field.prefix { $0 != "/" && $0 != " " && $0 != "(" }
        let plain = name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
        return plain && (1...30).contains(name.utf8.count) && name != "Mozilla" ? String(name) : "Unknown program"
    }
}
