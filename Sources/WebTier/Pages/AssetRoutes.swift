// The style sheet, the script and the icon under names that change with their content.
import Engine
import Pages
import Wire

extension WebHandler {
    /// Compressed once for all loops.
    private static let contents = Assets.all.map { asset in
        let fields: HTTPFields = ["Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"]
        return (path: asset.path, content: FixedContent(asset.bytes, type: asset.contentType, fields: fields))
    }

    func addAssets() {
        for (path, content) in Self.contents {
            router.on(.get, path) { exchange in await exchange.respond(content.answer(to: exchange.head)) }
        }
        // What browsers and robots ask for by themselves.
        router.on(.get, "/favicon.ico") { exchange in await exchange.respond(.redirect(Assets.icon.path, status: .found)) }
        router.on(.get, "/robots.txt") { exchange in await exchange.respond(.text("User-agent: *\nDisallow: /\n")) }
    }
}
