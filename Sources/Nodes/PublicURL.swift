// The address of the portal, as the nodes know it.
import Control
import Glibc

/// Where people reach the portal.
package enum PublicURL {
    /// As the configuration says, unless the supervisor passed on what it really opened (a port of 0 is the kernel's choice).
    package static func of(_ configuration: Configuration) -> String {
        if let told = getenv("FITECH_PUBLIC_URL"), told.pointee != 0 { return String(cString: told) }
        if let https = configuration.listen.https {
            return "https://" + configuration.name + (https.port == 443 ? "" : ":\(https.port)")
        }
        guard let http = configuration.listen.http else { return "https://" + configuration.name }
        return "http://" + configuration.name + (http.port == 80 ? "" : ":\(http.port)")
    }
}
