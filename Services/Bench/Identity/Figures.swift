import Foundation

extension Array where Element: Comparable {
    /// The one in the middle.
    var median: Element {
        sorted()[count / 2]
    }
}

extension [Double] {
    /// `12 to 34`.
    var range: String { "\((self.min() ?? 0).short) to \((self.max() ?? 0).short)" }
}

extension Double {
    /// With about three digits.
    var short: String {
        switch abs(self) {
        case 100...: String(format: "%.0f", self)
        case 10...: String(format: "%.1f", self)
        default: String(format: "%.2f", self)
        }
    }
}
