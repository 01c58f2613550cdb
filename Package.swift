// swift-tools-version: 6.3
// Fitech: one package, five layers; imports point down only (Sources/README.md draws the picture).
//
// FITECH_ONLY=Wire,Engine swift test     builds those modules, what they stand on and their tests, nothing else.
import PackageDescription

/// The settings every module of the house is built with.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A module of ours, with the tests that mirror it.
struct Module {
    var name: String
    var uses: [String]
    var outside: [Target.Dependency] = []
    var program = false
    var tested = true
    /// Doors it uses only with a package trait, and which.
    var optional: [(door: String, trait: String)] = []
    /// What only its tests use.
    var tests: [String] = []
    /// Files that become byte constants of the module (`PackageResources`), and files of the room that are for people only.
    var embedded: [String] = []
    var beside: [String] = []
}

// MARK: Layer 0: doors to C
let doors: [Target] = [
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CNGHTTP2"),  // no pkgConfig: without its trait nobody shall miss the package
    .systemLibrary(name: "CXlsxWriter"),  // likewise
    .systemLibrary(name: "CCMarkGFM"),  // likewise
    .systemLibrary(name: "CFido2"),  // likewise
]

let modules: [Module] = [
    // MARK: Layer 1: pure
    Module(name: "Digests", uses: ["COpenSSL", "CZlib"]),
    Module(name: "Wire", uses: ["Digests"]),
    Module(name: "Assessments", uses: ["Digests", "Wire"], embedded: ["Demo/clinic-442.csv", "Demo/fitness-club-20.csv"], beside: ["Demo/README.md"]),
    Module(name: "SupportCentre", uses: ["Wire", "Digests"]),
    Module(name: "Control", uses: ["Wire", "Digests", "SupportCentre"], outside: [yams]),
    Module(name: "Procedures", uses: ["Wire", "Digests", "Control", "SupportCentre"]),
    Module(name: "Pages", uses: ["Wire", "Digests", "Assessments", "Procedures", "Control", "SupportCentre"]),
    // MARK: Layer 2: machinery
    Module(name: "Telemetry", uses: ["CLinux", "Wire"], outside: [logging]),
    Module(name: "Engine", uses: ["CLinux", "COpenSSL", "Digests", "Wire", "Telemetry"], optional: [("CNGHTTP2", "HTTP2")], tests: ["TestSupport"]),
    Module(name: "Storage", uses: ["CSQLite", "CLinux", "Digests", "Wire", "Telemetry"]),
    Module(name: "Nodes", uses: ["CLinux", "Digests", "Wire", "Control", "Telemetry", "Engine"]),
    Module(name: "ProcedureClient", uses: ["Nodes", "Wire", "Procedures", "Control", "Telemetry", "Engine"]),
    Module(name: "Documents", uses: ["Wire"], optional: [("CXlsxWriter", "XLSX"), ("CCMarkGFM", "MARKDOWN")]),
    Module(name: "Passkeys", uses: ["Digests", "Wire"], optional: [("CFido2", "PASSKEYS")], tests: ["TestSupport"]),
    Module(name: "Outbound", uses: ["CLinux", "CCurl", "Wire", "Telemetry"], tests: ["TestSupport", "Digests"]),
    // MARK: Layer 3: the tiers
    Module(name: "BalancerTier", uses: ["CLinux", "Digests", "Wire", "Control", "Telemetry", "Engine", "Nodes"], tests: ["COpenSSL", "TestSupport"]),
    Module(name: "WebTier", uses: ["Digests", "Wire", "Assessments", "Procedures", "Control", "SupportCentre", "Pages", "Telemetry", "Engine", "Nodes", "ProcedureClient", "Documents", "Passkeys"], outside: [logging]),
    Module(name: "DataTier", uses: ["CLinux", "COpenSSL", "Digests", "Wire", "Assessments", "Procedures", "Control", "SupportCentre", "Telemetry", "Engine", "Nodes", "Storage", "Passkeys"], outside: [logging], tests: ["TestSupport"]),
    Module(name: "ManagementTier", uses: ["CLinux", "Digests", "Wire", "SupportCentre", "Procedures", "Control", "Pages", "Telemetry", "Engine", "Nodes", "Storage", "ProcedureClient", "Outbound"], outside: [logging], tests: ["TestSupport"]),
    Module(name: "ReportingTier", uses: ["CLinux", "Digests", "Wire", "Assessments", "Procedures", "Control", "Telemetry", "Engine", "Nodes", "Storage", "ProcedureClient"]),
    Module(name: "Supervision", uses: ["CLinux", "COpenSSL", "Digests", "Wire", "Assessments", "Procedures", "Control", "SupportCentre", "Telemetry", "Engine"], outside: [logging]),
    // MARK: Layer 4: programs
    Module(name: "fitech", uses: ["Wire", "Control", "Telemetry", "Engine", "Nodes", "Supervision", "BalancerTier", "WebTier", "DataTier", "ManagementTier", "ReportingTier"], outside: [arguments], program: true, tested: false),
    Module(name: "fitech-ctl", uses: ["Wire", "Control", "SupportCentre", "Engine", "Telemetry"], outside: [arguments], program: true),
]

/// Tests that belong to no single module.
let suites: [Target] = [
    .testTarget(name: "FleetTests", dependencies: ["TestSupport", "Digests", "Wire", "CLinux"], swiftSettings: house),
]
/// What tests of more than one room use: the fleet, the phone, the mailbox, a TLS client, somebody who speaks HTTP/2.
let support: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["CLinux", "COpenSSL", "Digests", "Wire", .target(name: "CNGHTTP2", condition: .when(traits: ["HTTP2"]))],
        path: "Tests/Support", swiftSettings: house)
]

/// The checks of every parser (Tests/Fuzz) and the replay of what fuzzing found; the fuzzer itself is built when FITECH_ONLY names it.
let fuzzing: [Target] = [
    .target(name: "FuzzTargets", dependencies: ["Digests", "Wire", "Control", "Procedures", "BalancerTier", "Passkeys"], path: "Tests/Fuzz/Targets", swiftSettings: house),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Replay", swiftSettings: house),
]
let fuzzer: Target = .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Run", swiftSettings: house)

/// Servers that Scripts/bench measures, built when FITECH_ONLY names them; no part of the product.
let benches: [Target] = [
    .executableTarget(name: "bench-http", dependencies: ["Engine", "Wire", logging], path: "Tests/Bench/HTTP", swiftSettings: house),
    .executableTarget(name: "bench-balancer", dependencies: ["BalancerTier", "Control", "Nodes", "Telemetry"], path: "Tests/Bench/Balancer", swiftSettings: house),
]

let only = Context.environment["FITECH_ONLY"].map { Set($0.split(separator: ",").map(String.init)) }

/// The wanted modules and everything they stand on.
let wanted: Set<String> = {
    guard let only else { return Set(modules.map(\.name)) }
    var found: Set<String> = [], open = Array(only)
    while let next = open.popLast() {
        guard found.insert(next).inserted else { continue }
        open += modules.first { $0.name == next }?.uses ?? []
    }
    return found
}()

let package = Package(
    name: "fitech",
    products: [
        .executable(name: "fitech", targets: ["fitech"]),
        .executable(name: "fitech-ctl", targets: ["fitech-ctl"]),
    ].filter { _ in only == nil },
    traits: [
        .trait(name: "HTTP2", description: "HTTP/2 towards customers, by libnghttp2 (Debian: libnghttp2-dev)"),
        .trait(name: "XLSX", description: "Lists as workbooks, by libxlsxwriter (Debian: libxlsxwriter-dev)"),
        .trait(name: "MARKDOWN", description: "Posts in Markdown, by cmark-gfm (Debian: libcmark-gfm-dev, libcmark-gfm-extensions-dev)"),
        .trait(name: "PASSKEYS", description: "Signing in by passkeys, by libfido2 (Debian: libfido2-dev)"),
    ],
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: doors
        + modules.filter { wanted.contains($0.name) }.flatMap { module -> [Target] in
            let optional = module.optional.map { Target.Dependency.target(name: $0.door, condition: .when(traits: [$0.trait])) }
            let uses = module.uses.map { Target.Dependency(stringLiteral: $0) } + optional + module.outside
            let target = module.program
                ? Target.executableTarget(name: module.name, dependencies: uses, swiftSettings: house)
                : Target.target(
                    name: module.name, dependencies: uses, exclude: module.beside, resources: module.embedded.map { .embedInCode($0) }, swiftSettings: house)
            guard module.tested, only?.contains(module.name) ?? true else { return [target] }
            let tests = Target.testTarget(name: module.name + "Tests", dependencies: [.init(stringLiteral: module.name)] + uses + module.tests.map { .init(stringLiteral: $0) }, swiftSettings: house)
            return [target, tests]
        }
        + (only == nil || only!.contains("FleetTests") ? suites : [])
        + (only == nil || only!.contains("FleetTests") || modules.contains { only!.contains($0.name) && $0.tests.contains("TestSupport") } ? support : [])
        + (only == nil || only!.contains("FuzzTests") ? fuzzing : only!.contains("fuzz") ? [fuzzing[0], fuzzer] : [])
        + benches.filter { only?.contains($0.name) ?? false }
)
