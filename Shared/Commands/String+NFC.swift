// Foundation's precomposedStringWithCanonicalMapping leaves Hangul apart on Linux and drops the end of some long texts; the
// standard library's normal form, which swift-foundation imports the same way, agrees with the Unicode tables.
@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's normal form C: texts that look the same are the same, whichever keyboard wrote them.
    ///
    /// Costs nothing for ASCII, and time that grows with the length for everything else, however many marks a letter has.
    public var normalizedNFC: String {
        guard utf8.contains(where: { $0 >= 0x80 }) else { return self }
        var result = UnicodeScalarView()
        result.reserveCapacity(utf8.count)
        result.append(contentsOf: withOrderedMarks._nfc)
        return String(result)
    }

    /// The text with long runs of marks in canonical order, which is what normalising does to them anyway. The standard library
    /// orders them by insertion: half a megabyte of marks on one letter would take it a minute, but takes no time when they
    /// are in order already.
    private var withOrderedMarks: String {
        var result = UnicodeScalarView()
        var run: [(order: Unicode.CanonicalCombiningClass, scalar: Unicode.Scalar)] = []
        var hasLongRun = false
        func flush() {
            // Swift's sort is stable; marks of one class keep their order, since it may carry meaning.
            if run.count > 30 {
                hasLongRun = true
                run.sort { $0.order < $1.order }
            }
            result.append(contentsOf: run.lazy.map(\.scalar))
            run.removeAll(keepingCapacity: true)
        }
        for scalar in unicodeScalars {
            let order = scalar.properties.canonicalCombiningClass
            if order == .notReordered {
                if !run.isEmpty { flush() }
                result.append(scalar)
            } else {
                run.append((order, scalar))
            }
        }
        flush()
        return hasLongRun ? String(result) : self
    }
}
