public import EventSchema
public import Postgres

extension SiteState: Record {
    public static let columnNames = ["tenant": "tenant_id"]
}

extension AssetState: Record {
    public static let columnNames = ["tenant": "tenant_id", "site": "site_id", "parent": "parent_id"]
    public static let joined: Set = ["siteCode"]
}

extension AssetState: RowReadable {
    public init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            site: try row.read("site_id"),
            siteCode: try row.read("site_code"),
            code: try row.read("code"),
            name: try row.read("name"),
            type: try row.read("type"),
            status: try row.read("status"),
            parent: try row.read("parent_id"),
            level: try row.read("level"),
            ratedPowerKW: try row.read("rated_power_kw"),
            tags: try row.read("tags"),
            version: try row.read("version")
        )
    }
}

extension AssetCount: Record {}

extension SensorState: Record {
    public static let columnNames = ["tenant": "tenant_id", "site": "site_id", "asset": "asset_id"]
    public static let joined: Set = ["site", "siteCode", "assetCode"]
}
