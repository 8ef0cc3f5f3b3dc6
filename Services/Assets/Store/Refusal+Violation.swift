import Postgres

extension Refusal {
    /// The refusal for a violated constraint.
    init?(_ error: PostgresError) {
        switch error.kind {
        case .uniqueViolation("sites_code_key"), .uniqueViolation("assets_site_id_code_key"): self = .codeTaken
        case .uniqueViolation("sensors_asset_id_tag_key"): self = .tagTaken
        // Deleted or moved since it was looked up.
        case .foreignKeyViolation("assets_parent_id_site_id_parent_level_fkey"): self = .unknownParent
        case .foreignKeyViolation("sensors_asset_id_fkey"): self = .unknownAsset
        default: return nil
        }
    }
}
