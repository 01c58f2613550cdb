// swift-tools-version: 6.1
// A peer to measure beside (Scripts/bench http and page): a package of its own, so that nothing of it is near the product. Its folder is
// not called Hummingbird: the name of a package is that of its folder, and the dependency has it.
import PackageDescription

let package = Package(
    name: "bench-hummingbird",
    platforms: [.macOS(.v14)],
    dependencies: [.package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1")],
    targets: [
        .systemLibrary(name: "CSQLite"),
        .executableTarget(name: "bench-hummingbird", dependencies: ["CSQLite", .product(name: "Hummingbird", package: "hummingbird")]),
    ]
)
