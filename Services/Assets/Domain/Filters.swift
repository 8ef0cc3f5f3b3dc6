import Commands
import EventSchema
import Identifiers

/// The filter of a list of assets.
struct AssetFilter: Input {
    var siteId: SiteID?
    var parentId: AssetID?
    var level: Int?
    var type: String?
    var status: [AssetStatus]?
    var q: String?

    static let rules: Rules = [
        "parentId": .means("Only assets right below this one"),
        "level": .whole(1...Int64(Hierarchy.maximumLevel)).means("1: only assets at the top of their site's tree"),
        "type": .line(1...64),
        "status": .items(1...5).means("One of these; repeat the parameter for several"),
        "q": .line(1...100).means("Words that its code or its name has in it, also as parts of longer words")
            .example("inverter 7"),
    ]
}

/// The filter of a list of sensors.
struct SensorFilter: Input {
    var assetId: AssetID?
}
