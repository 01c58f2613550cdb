// Which release of Fitech this is: nodes say it, `fitech-ctl version` compares it.

package enum Release {
    /// Semantic versioning; raised by whoever publishes a release.
    package static let text = "0.1.0"
}
