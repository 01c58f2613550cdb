// The fuzzer's program: libFuzzer over one target, named by FITECH_FUZZ. Built by Scripts/soak fuzz only, with -sanitize=fuzzer,address.
import FuzzTargets
import Glibc

@_silgen_name("LLVMFuzzerRunDriver")  // libFuzzer's own; C and Swift pass pointers alike
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

private let target: FuzzTarget = {
    let name = getenv("FITECH_FUZZ").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        say("FITECH_FUZZ names one of: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
        exit(64)
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
func one(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let broken = target.check(Array(UnsafeBufferPointer(start: bytes, count: count))) {
        say("\(target.name): \(broken)")
        abort()
    }
    return 0
}

/// The name under which the package manager links a program's entry; the fuzzer's driver takes over from here.
@_cdecl("fuzz_main")
func start(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var count = count, arguments = arguments
    _ = target
    return runDriver(&count, &arguments, one)
}
