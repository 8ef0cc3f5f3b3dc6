import Identifiers
import Money

/// Why a cost is not booked or taken back, or rates are not set.
enum CostRefusal: Error, Hashable, Sendable {
    case unknownEntry
    /// The tenant has not set its currency.
    case noRates
    case noExchangeRate(Currency)
    /// The tenant counts in this currency, and something is booked in it.
    case currencyFixed(Currency)
    case tooLarge
    case inFuture
    /// A draft may never become work.
    case isDraft
    case isReversal
    case alreadyReversed
    /// It follows from recorded time, which is corrected instead.
    case isOfLabor
    /// It follows from parts that were used, which are taken back instead.
    case isOfParts
    case tooMany
    case stale(current: Int64)
}
