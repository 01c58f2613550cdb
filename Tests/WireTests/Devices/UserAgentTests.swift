// A User-Agent field in a few words, whatever it holds.
import Testing
import Wire

struct UserAgentTests {
    @Test(arguments: [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("curl/7.88.1", "curl"), ("python-requests/2.32", "python-requests"), ("", "Unknown device"), ("<script>alert(1)</script>", "Unknown program"), ("Mozilla/5.0", "Unknown program"),
    ])
    func `a device is told in a few words, never in the field's own`(_ field: String, _ words: String) {
        #expect(UserAgent.words(of: field) == words)
    }

    @Test func `a field that is missing or endless is a device all the same`() {
        #expect(UserAgent.words(of: nil) == "Unknown device")
        #expect(UserAgent.words(of: String(repeating: "x", count: 100_000)) == "Unknown program")
    }
}
