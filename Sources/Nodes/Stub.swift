import Engine
enum Signals { static func onTermination(_ b: @escaping @Sendable () -> Void) {} }
enum Metrics { static func prometheus() -> [UInt8] { [] } }
