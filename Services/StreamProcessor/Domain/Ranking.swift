import Foundation
import Identifiers

/// What of an asset's readings decides its place in a ranking.
enum RankedStatistic: String, Codable, CaseIterable, Hashable, Sendable {
    case maximum, minimum, average
}

enum RankingOrder: String, Codable, CaseIterable, Hashable, Sendable {
    case highest, lowest
}

/// Asks which assets have the highest or lowest telemetry.
struct Ranking: Hashable, Sendable {
    var tag: String
    var statistic: RankedStatistic
    var order: RankingOrder
    var range: Range<Date>
    var limit: Int

    /// The windows that are read: short ones for a short range, so that its ends are met, and never more than a few hundred an asset and day.
    var windows: WindowLength {
        let minutes = range.upperBound.timeIntervalSince(range.lowerBound) / 60
        return WindowLength.allCases.first { minutes / Double($0.minutes) <= 150 } ?? .sixty
    }
}

/// An asset's place in a ranking.
struct RankedAsset: Codable, Hashable, Sendable {
    var assetId: AssetID
    var siteId: SiteID?
    /// In the unit of the tag's sensor.
    var value: Double
    /// The beginning of the window with the extreme; `nil` for an average.
    var at: Date?
    /// How many readings of good quality it comes from.
    var count: Int64
}
