"""families: cards, shares, reminders, notices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table('families',
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=False),
    sa.Column('key_id', sa.String(length=16), nullable=False),
    sa.Column('choices_enc', sa.LargeBinary(), nullable=True),
    sa.Column('waiting_enc', sa.LargeBinary(), nullable=True),
    sa.Column('reminders_on', sa.Boolean(), nullable=False),
    sa.Column('notices_on', sa.Boolean(), nullable=False),
    sa.Column('next_reminder_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('month', sa.String(length=7), nullable=True),
    sa.Column('sent_in_month', sa.Integer(), nullable=False),
    sa.Column('calendar_hash', sa.String(length=64), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_families_conversation_id_conversations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_families')),
    sa.UniqueConstraint('calendar_hash', name=op.f('uq_families_calendar_hash'))
    )
    op.create_index('ix_families_next_reminder', 'families', ['next_reminder_at'], unique=False)
    op.create_table('notices',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('wards', sa.JSON(), nullable=False),
    sa.Column('from_months', sa.Integer(), nullable=False),
    sa.Column('to_months', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cursor', sa.String(length=32), nullable=False),
    sa.Column('next_batch_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['staff.id'], name=op.f('fk_notices_created_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    op.create_table('push_subscriptions',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('endpoint_hash', sa.String(length=64), nullable=False),
    sa.Column('subscription_enc', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_push_subscriptions_conversation_id_conversations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscriptions')),
    sa.UniqueConstraint('endpoint_hash', name=op.f('uq_push_subscriptions_endpoint_hash'))
    )
    op.create_index(op.f('ix_push_subscriptions_conversation_id'), 'push_subscriptions', ['conversation_id'], unique=False)
    op.create_table('family_cards',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('family_id', sa.String(length=32), nullable=False),
    sa.Column('body_enc', sa.LargeBinary(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['family_id'], ['families.conversation_id'], name=op.f('fk_family_cards_family_id_families'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_family_cards'))
    )
    op.create_index(op.f('ix_family_cards_family_id'), 'family_cards', ['family_id'], unique=False)
    op.create_table('notice_deliveries',
    sa.Column('notice_id', sa.String(length=32), nullable=False),
    sa.Column('family_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['family_id'], ['families.conversation_id'], name=op.f('fk_notice_deliveries_family_id_families'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_notice_deliveries_notice_id_notices')),
    sa.PrimaryKeyConstraint('notice_id', 'family_id', name=op.f('pk_notice_deliveries'))
    )
    op.create_index('ix_notice_deliveries_due', 'notice_deliveries', ['notice_id', 'state', 'due_at'], unique=False)
    op.create_table('push_items',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('subscription_id', sa.String(length=32), nullable=False),
    sa.Column('payload_enc', sa.LargeBinary(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['subscription_id'], ['push_subscriptions.id'], name=op.f('fk_push_items_subscription_id_push_subscriptions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_items'))
    )
    op.create_index(op.f('ix_push_items_next_attempt_at'), 'push_items', ['next_attempt_at'], unique=False)
    op.create_index(op.f('ix_push_items_subscription_id'), 'push_items', ['subscription_id'], unique=False)
    op.create_table('sent_reminders',
    sa.Column('family_id', sa.String(length=32), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['family_id'], ['families.conversation_id'], name=op.f('fk_sent_reminders_family_id_families'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('family_id', 'key_hash', name=op.f('pk_sent_reminders'))
    )
    op.create_table('card_shares',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('card_id', sa.String(length=32), nullable=False),
    sa.Column('conversation_id', sa.String(length=32), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('role', sa.String(length=8), nullable=False),
    sa.Column('label_enc', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['card_id'], ['family_cards.id'], name=op.f('fk_card_shares_card_id_family_cards'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_card_shares_conversation_id_conversations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_shares')),
    sa.UniqueConstraint('card_id', 'conversation_id', name='uq_card_shares_card_conversation'),
    sa.UniqueConstraint('code_hash', name=op.f('uq_card_shares_code_hash'))
    )
    op.create_index(op.f('ix_card_shares_card_id'), 'card_shares', ['card_id'], unique=False)
    op.create_index(op.f('ix_card_shares_conversation_id'), 'card_shares', ['conversation_id'], unique=False)


def downgrade() -> None:

    op.drop_index(op.f('ix_card_shares_conversation_id'), table_name='card_shares')
    op.drop_index(op.f('ix_card_shares_card_id'), table_name='card_shares')
    op.drop_table('card_shares')
    op.drop_table('sent_reminders')
    op.drop_index(op.f('ix_push_items_subscription_id'), table_name='push_items')
    op.drop_index(op.f('ix_push_items_next_attempt_at'), table_name='push_items')
    op.drop_table('push_items')
    op.drop_index('ix_notice_deliveries_due', table_name='notice_deliveries')
    op.drop_table('notice_deliveries')
    op.drop_index(op.f('ix_family_cards_family_id'), table_name='family_cards')
    op.drop_table('family_cards')
    op.drop_index(op.f('ix_push_subscriptions_conversation_id'), table_name='push_subscriptions')
    op.drop_table('push_subscriptions')
    op.drop_table('notices')
    op.drop_index('ix_families_next_reminder', table_name='families')
    op.drop_table('families')
