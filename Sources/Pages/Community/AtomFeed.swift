// The posts as an Atom feed (RFC 4287): everything inside it, nothing fetched from elsewhere.
import Procedures
import Wire

package enum AtomFeed {
    package static let mediaType = "application/atom+xml; charset=utf-8"

    /// - Parameters:
    ///   - origin: `https://host` of the portal.
    ///   - posts: newest first, whole, each with its text.
    package static func xml(origin: String, title: String, posts: [(post: Post, text: RichText)], now: Timestamp) -> [UInt8] {
        let entries = posts.map { post, text -> HTML in
            let tags = post.tags.map { "<category term=\"\($0)\"/>" as HTML }
            let content = HTML.rich(text).text
            return """
                <entry><id>\(id(origin))posts/\(post.number)</id><title>\(clean(post.title))</title><updated>\(stamp(max(post.updated, post.published ?? post.updated)))</updated><published>\(stamp(post.published ?? post.updated))</published>\
                <author><name>\(clean(post.author))</name></author><link rel="alternate" type="text/html" href="\(origin)/community/\(post.number)"/>\(tags)<content type="html">\(clean(content))</content></entry>

                """
        }
        let updated = posts.map { max($0.post.updated, $0.post.published ?? $0.post.updated) }.max() ?? now
        let feed: HTML = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><id>\(id(origin))</id><title>\(clean(title))</title><updated>\(stamp(updated))</updated>\
            <link rel="self" type="application/atom+xml" href="\(origin)/community/feed.atom"/><link rel="alternate" type="text/html" href="\(origin)/community"/><generator>Fitech</generator>
            \(entries)</feed>

            """
        return feed.bytes
    }

    /// The feed's own address is its name, for as long as the portal keeps its address.
    private static func id(_ origin: String) -> String { origin + "/community/" }
    private static func stamp(_ moment: Timestamp) -> String { moment.iso8601 }

    /// XML takes fewer characters than a text may have (XML 1.0 2.2); escaping comes after.
    static func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { scalar in
            scalar.value < 0x20 && scalar != "\n" && scalar != "\t" && scalar != "\r" || scalar.value == 0xFFFE || scalar.value == 0xFFFF ? "\u{FFFD}" : scalar
        }))
    }
}
