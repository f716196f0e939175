"""The post format, both ways: old posts come in, published days go out."""
