"""Text that is translated when it is shown, typed as the text it becomes."""

LazyString = str
