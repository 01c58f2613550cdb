// The style sheet, the script and the icon under names that change with their content.
import Engine
import Pages
import Wire

extension WebHandler {
    func addAssets() {
        for asset in Assets.all {
            var response = HTTPResponse.bytes(asset.bytes, type: asset.contentType)
            response.fields.add("Cache-Control", "public, max-age=31536000, immutable")
            response.fields.add("X-Content-Type-Options", "nosniff")
            let answer = response
            router.on(.get, asset.path) { exchange in await exchange.respond(answer) }
        }
        // What browsers and robots ask for by themselves.
        router.on(.get, "/favicon.ico") { exchange in await exchange.respond(.redirect(Assets.icon.path, status: .found)) }
        router.on(.get, "/robots.txt") { exchange in await exchange.respond(.text("User-agent: *\nDisallow: /\n")) }
    }
}
