import EventSchema
import Identifiers

/// The rules of the asset tree.
enum Hierarchy {
    static let maximumLevel = 5

    /// The level of an asset below `parent`.
    static func level(below parent: AssetState?, site: SiteID) throws(Refusal) -> Int {
        guard let parent else { return 1 }
        guard parent.site == site else { throw .parentOfOtherSite }
        guard parent.level < maximumLevel else { throw .tooDeep }
        return parent.level + 1
    }

    /// Whether a subtree fits below a new parent. The height of the subtree counts, and an asset can't be below itself.
    static func checkMove(
        of asset: AssetState,
        height: Int,
        descendants: Set<AssetID>,
        below parent: AssetState?
    ) throws(Refusal) -> Int {
        if let parent, parent.id == asset.id || descendants.contains(parent.id) { throw .cycle }
        let level = try level(below: parent, site: asset.site)
        guard level + height - 1 <= maximumLevel else { throw .tooDeep }
        return level
    }
}
